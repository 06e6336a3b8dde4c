"""In-app messages: rows of the product's own, shown under the bell."""

from uuid import UUID

from notifiers.channels import Channel, Composed, channels
from notifiers.errors import AddressInvalid, TextRefused
from notifiers.text import one_line, plain
from people.cards import RecipientPerson

LONGEST_TITLE = 300


@channels.register("inbox")
class Inbox(Channel):
    """Tell a person inside the product; the first line of the text is its title."""

    leaves = False

    @classmethod
    def address(cls, text: str) -> str:
        """Only people have an inbox; phones and e-mails do not."""
        try:
            return str(UUID(text))
        except ValueError:
            raise AddressInvalid(address=text) from None

    @classmethod
    def address_of(cls, person: RecipientPerson) -> str | None:
        """Everybody who logs in can be reached."""
        return str(person.id)

    @classmethod
    def compose(cls, text: str) -> Composed:
        """Title and text."""
        title, _, rest = plain(text).partition("\n")
        if not title:
            raise TextRefused("message.empty")
        return Composed(rest.strip(), subject=one_line(title)[:LONGEST_TITLE])
