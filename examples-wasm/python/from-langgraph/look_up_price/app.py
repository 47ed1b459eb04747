from dataclasses import dataclass

from jaros_guest import Failure, Tool

PRICES = {"lamp": 40, "desk": 250}


@dataclass
class Payload:
    item: str


class LookUpPrice(Tool[Payload]):
    description = "The price of an item, in dollars."

    def execute(self, payload: Payload) -> object:
        if payload.item not in PRICES:
            raise Failure(f"we don't sell {payload.item}")
        return {"item": payload.item, "dollars": PRICES[payload.item]}
