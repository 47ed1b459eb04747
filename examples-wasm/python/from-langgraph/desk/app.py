from dataclasses import dataclass

from jaros_guest import Agent, Chat, Plan, Turn, finish


@dataclass
class Input:
    question: str


class Desk(Agent[Input]):
    description = "Answers what furniture costs, with the tools that it may propose."

    def start(self, turn: Turn[Input]) -> Plan:
        chat = Chat(turn, system="You sell furniture. Use the tools.", user=turn.input.question)
        reply = chat.ask(tools=["look_up_price", "convert"])
        if reply.calls:
            return chat.carry_out(reply)
        return finish({"answer": reply.text})
