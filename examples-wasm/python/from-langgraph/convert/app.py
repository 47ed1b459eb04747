from dataclasses import dataclass

from jaros_guest import Failure, Tool

RATES = {"EUR": 0.5, "GBP": 0.25}


@dataclass
class Payload:
    dollars: float
    currency: str


class Convert(Tool[Payload]):
    description = "What an amount of dollars is in another currency."

    def execute(self, payload: Payload) -> object:
        if payload.currency not in RATES:
            raise Failure(f"there is no rate for {payload.currency}")
        return {"amount": payload.dollars * RATES[payload.currency], "currency": payload.currency}
