"""The tool that every language has, so that a test can hold them against each other."""

from typing import Any, NoReturn, TypedDict

from jaros_guest import Failure, HostError, Tool, files, job, log, store

calls = 0


class Payload(TypedDict):
    do: str


def recurse(depth: int) -> int:
    return recurse(depth + 1) + 1


def grow() -> NoReturn:
    held = []
    while True:
        held.append(bytearray(1 << 20))


def spin() -> NoReturn:
    while True:
        pass


class Conform(Tool[Payload]):
    description = "Does what its payload says, as its siblings in other languages do."
    schema = {}

    def validate(self, payload: Payload) -> None:
        if payload["do"] == "validate-no":
            raise Failure("the tool says no")

    def execute(self, payload: Any) -> object:
        match payload["do"]:
            case "echo":
                return payload["value"]
            case "fail":
                raise Failure(payload["message"])
            case "crash":
                return [][len(payload)]
            case "spin":
                spin()
            case "grow":
                grow()
            case "recurse":
                return recurse(0)
            case "time":
                return {"ms": job.accepted_at_ms()}
            case "random":
                return {"bytes": list(job.random(payload["len"]))}
            case "read":
                try:
                    return {"text": files.read_text(payload["path"])}
                except HostError as error:
                    return {"code": error.code}
            case "store":
                before = store.get_json(payload["key"])
                store.put_json(payload["key"], payload["value"])
                return {"before": before}
            case "log":
                log.write(payload["level"], payload["message"])
                return None
            case "count":
                global calls
                calls += 1
                return calls
            case other:
                raise Failure(f"unknown: {other}")
