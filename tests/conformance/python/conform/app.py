"""The agent that every language has, so that a test can hold them against each other."""

from typing import Any, NoReturn, TypedDict

from jaros_guest import (
    Agent,
    Answer,
    Chat,
    Failure,
    HostError,
    Plan,
    Turn,
    actions,
    block,
    finish,
    go_on,
    job,
    model,
)

turns = 0


class Input(TypedDict):
    do: str


def spin() -> NoReturn:
    while True:
        pass


def outcome(answer: Answer) -> dict[str, Any]:
    try:
        return {"ok": answer.result()}
    except HostError as error:
        return {"code": error.code, "message": error.message}


class Conform(Agent[Input]):
    description = "Does what its input says, as its siblings in other languages do."
    schema = {}

    def start(self, turn: Turn[Any]) -> Plan:
        match turn.input["do"]:
            case "propose":
                if turn.number > 1:
                    return finish({"answers": [outcome(answer) for answer in turn.answers]})
                plan = Plan().memo(None)
                for decision in turn.input["decisions"]:
                    plan.then(decision["kind"], decision["payload"])
                return plan
            case "turns":
                if turn.number < turn.input["n"]:
                    return Plan().memo(turn.number)
                return finish({"turns": turn.number})
            case "steps":
                return go_on("middle", ["start"])
            case "lost":
                return go_on("nowhere")
            case "ask":
                try:
                    return finish({"text": model.ask(turn.input["prompt"])})
                except HostError as error:
                    return finish({"code": error.code})
            case "chat":
                chat = Chat(turn, user=turn.input["question"])
                reply = chat.ask()
                if reply.calls:
                    return chat.carry_out(reply)
                return finish({"answer": reply.text, "turns": turn.number})
            case "actions":
                return finish({"kinds": [action.kind for action in actions.list()]})
            case "time":
                return finish({"ms": job.accepted_at_ms()})
            case "random":
                return finish({"bytes": list(job.random(turn.input["len"]))})
            case "fail":
                raise Failure(turn.input["message"])
            case "crash":
                return [][len(turn.input)]
            case "spin":
                spin()
            case "count":
                global turns
                turns += 1
                return finish(turns)
            case "block":
                return block(turn.input["reason"])
            case "finish":
                return finish(turn.input["result"])
            case other:
                raise Failure(f"unknown: {other}")

    def middle(self, turn: Turn[Any]) -> Plan:
        return go_on("end", turn.data + ["middle"])

    def end(self, turn: Turn[Any]) -> Plan:
        return finish({"steps": turn.data + ["end"]})
