"""The counterpart of examples-wasm/tools/greet: a name in, a greeting out."""

from jaros.core.decision_gate import ValidationResult


class GreetTool:
    NAME = "greet"

    def validate(self, decision) -> ValidationResult:
        name = decision.payload.get("name") if isinstance(decision.payload, dict) else None
        if not isinstance(name, str) or not name:
            return ValidationResult.reject("greet needs a name")
        return ValidationResult.accept(decision)

    def execute(self, decision, **collaborators) -> dict:
        return {"greeting": f"Hello, {decision.payload['name']}!"}
