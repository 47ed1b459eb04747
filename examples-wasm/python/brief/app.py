from dataclasses import dataclass

from jaros_guest import Agent, Plan, Turn, finish, model, propose


@dataclass
class Input:
    text: str


class Brief(Agent[Input]):
    description = "Has the model say a text in one sentence, and again in 20 words where that was longer."

    def start(self, turn: Turn[Input]) -> Plan:
        summary = model.ask(f"Summarise in one sentence: {turn.input.text}")
        return propose("word.count", {"text": summary}).go_on("judge", {"summary": summary})

    def judge(self, turn: Turn[Input]) -> Plan:
        summary = turn.data["summary"]
        words = turn.answers[0].result()["words"]
        if words > 20:
            summary = model.ask(f"Shorten to at most 20 words: {summary}")
        return Plan().submit_and_wait("echo", {"summary": summary, "words": words}).go_on("done")

    def done(self, turn: Turn[Input]) -> Plan:
        return finish({"brief": turn.answers[0].result()})
