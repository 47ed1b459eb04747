from dataclasses import dataclass

from jaros_guest import Tool


@dataclass
class Payload:
    text: str


class WordCount(Tool[Payload]):
    description = "Counts the words of a text."

    def execute(self, payload: Payload) -> object:
        return {"words": len(payload.text.split())}
