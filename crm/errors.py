"""What can go wrong around contacts and tickets."""

from kernel.errors import Conflict, Invalid, NotFound


class ContactUnknown(NotFound):
    """No such contact."""

    code = "crm.contact-unknown"


class ContactExists(Conflict):
    """Another contact has this national or legal id. Mend: open that file instead."""

    code = "crm.contact-exists"


class ContactBusy(Conflict):
    """Cases about the contact still run, and nobody said that names may be taken out of them."""

    code = "crm.contact-busy"


class ContactErased(Conflict):
    """What was known of the contact was erased; the file takes nothing new."""

    code = "crm.contact-erased"


class ErasureListBroken(Invalid):
    """The list of erasures was changed or cut: nobody knows whom it named."""

    code = "crm.erasure-list-broken"


class ContactInvalid(Invalid):
    """A contact's particulars cannot be accepted; `fields` says why, field by field."""

    code = "crm.contact-invalid"


class RelationInvalid(Invalid):
    """A contact cannot be related to itself, nor by an unknown kind of relation."""

    code = "crm.relation-invalid"


class TicketUnknown(NotFound):
    """No such ticket."""

    code = "crm.ticket-unknown"


class TicketInvalid(Invalid):
    """A ticket lacks what every ticket has; `fields` says why, field by field."""

    code = "crm.ticket-invalid"


class TicketTypeUnknown(NotFound):
    """No such kind of ticket."""

    code = "crm.ticket-type-unknown"
