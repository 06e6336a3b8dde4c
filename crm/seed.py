"""What every CRM starts with: the kinds of tickets."""

from crm import tables
from kernel.uow import UnitOfWork

INTAKE = "intake"
REPLY = "sms_reply"

TYPES = (
    (INTAKE, "درخواست خدمت", "Request for service", "intake_ticket"),
    (REPLY, "پاسخ پیامکی", "Text message", "intake_ticket"),
)


def seed(uow: UnitOfWork) -> None:
    """Make the shipped kinds of tickets as far as they are missing. May run at every start."""
    for key, name, name_en, process_key in TYPES:
        if uow.session.get(tables.TicketType, key) is None:
            uow.session.add(
                tables.TicketType(key=key, name=name, name_en=name_en, process_key=process_key)
            )
    uow.session.flush()
