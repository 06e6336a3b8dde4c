"""Check national ids, legal ids and account numbers inside a process."""

from collections.abc import Callable, Mapping

from engine.connectors import BpmnError, ConnectorCall, connectors
from kernel import identity
from kernel.errors import AppError
from kernel.types import JsonObject
from kernel.uow import UnitOfWork

_CHECKS: Mapping[str, Callable[[str], str]] = {
    "melli_code": identity.melli_code,
    "legal_id": identity.legal_id,
    "sheba": identity.sheba,
}


class CheckIdentity:
    """Check every given id.

    In: any inputs whose names end in `melli_code`, `legal_id` or `sheba`
    (`patient_melli_code`, `caregiver_sheba`, …); empty ones are passed over.
    Out: the same names in their normal form, and `valid` = true.
    Error: `IDENTITY_INVALID`, with `invalid` naming the inputs that are wrong.
    """

    def run(self, uow: UnitOfWork, call: ConnectorCall) -> JsonObject:
        """All ids in their normal form; every wrong one is named at once."""
        normal: JsonObject = {}
        wrong: dict[str, str] = {}
        for name, value in call.inputs.items():
            check = next((c for end, c in _CHECKS.items() if name.endswith(end)), None)
            if check is None or not str(value or "").strip():
                continue
            try:
                normal[name] = check(str(value))
            except AppError as error:
                wrong[name] = error.sentence()
        if wrong:
            raise BpmnError(
                "IDENTITY_INVALID",
                " ".join(wrong.values()),
                variables={"invalid": sorted(wrong), "invalid_reasons": wrong},
            )
        return {**normal, "valid": True}


connectors.add("identity.check", CheckIdentity())
