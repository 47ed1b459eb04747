from dataclasses import dataclass

from jaros_guest import Tool, files, store


@dataclass
class Payload:
    path: str


class FileChanged(Tool[Payload]):
    description = "Says whether a file has changed since it was asked the last time."

    def execute(self, payload: Payload) -> object:
        text = files.read_text(payload.path)
        now = {"bytes": len(text.encode()), "words": len(text.split())}
        before = store.get_json(payload.path)
        store.put_json(payload.path, now)
        return {
            "path": payload.path,
            "words": now["words"],
            "changed": before is not None and before != now,
            "first": before is None,
        }
