"""The wish to tell something, as other packages hand it in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from kernel.types import JsonObject


@dataclass(frozen=True)
class Wanted:
    """Tell `to` what the template `template` says, by `channel`.

    Attributes:
        to: `person:…`, `position:…`, `unit:…`, `role:…`, a phone, an e-mail, or a list.
        variables: what the text's expressions read.
        locale_hint: the language for people whose language is not known.
        policy: words joined by spaces: `always` goes past an opt-out, `day` waits for 08:00–21:00;
            `resend`, `ask` or `drop` says what becomes of a text of unknown fate.
        dedupe_key: the same key is the same wish and is carried out once.
        deployment_id: whose version of the text; None: the newest.
        activation_id: the connector call that waits for the end; see `DeliverySettled`.
    """

    channel: str
    to: Any
    template: str
    variables: Mapping[str, Any] = field(default_factory=dict)
    locale_hint: str | None = None
    policy: str = ""
    dedupe_key: str | None = None
    instance_id: UUID | None = None
    root_id: UUID | None = None
    element_id: str | None = None
    item_id: UUID | None = None
    activation_id: UUID | None = None
    deployment_id: UUID | None = None

    @classmethod
    def from_payload(cls, payload: JsonObject) -> Self:
        """Read it from a job's payload, such as `notification.wanted`; extras are left out."""

        def uuid(name: str) -> UUID | None:
            value = payload.get(name)
            return UUID(str(value)) if value else None

        return cls(
            channel=payload["channel"],
            to=payload.get("to"),
            template=payload["template"],
            variables=payload.get("variables") or {},
            locale_hint=payload.get("locale_hint"),
            policy=payload.get("policy") or "",
            dedupe_key=payload.get("dedupe_key"),
            instance_id=uuid("instance_id"),
            root_id=uuid("root_id"),
            element_id=payload.get("element_id"),
            item_id=uuid("item_id"),
            activation_id=uuid("activation_id"),
            deployment_id=uuid("deployment_id"),
        )
