"""A tool: it carries out what an agent proposed and the node admitted."""

from dataclasses import dataclass

from jaros_guest import Failure, Tool


@dataclass
class Payload:
    text: str


class Count(Tool[Payload]):
    description = "Counts the words and lines of a text."

    def validate(self, payload: Payload) -> None:
        """Says no before anything is carried out, beyond what the type says."""
        if not payload.text:
            raise Failure("there is no text to count")

    def execute(self, payload: Payload) -> object:
        """What it returns is the proposal's answer; a Failure would be one too."""
        return {"words": len(payload.text.split()), "lines": len(payload.text.splitlines())}
