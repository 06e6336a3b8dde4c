"""A contact whose data goes through the whole product: ticket, case, form, texts, papers, files."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from crm.tables import Contact, TicketType
from engine.tables import InstanceLink
from kernel.uow import read_only, unit_of_work
from tests.crm.models import connector, service
from tests.engine.drawing import chain, element, end, process, start, user
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import asks, form, performer, text, texts
from tests.requirements_http.sheet import attached

CLERK = performer(position="reception.clerk")
FILED = "سند محرمانهٔ نهال".encode()
LETTER = b'#let data = json("data.json")\n= Letter for #data.who\n'


@dataclass(frozen=True)
class Words:
    """What names one person, unlike anything else in the installation."""

    name: str = "پرنیان کاوه‌نژاد"
    mobile: str = "09127654321"
    melli_code: str = "7318642057"
    email: str = "parnian.kavenejad@example.ir"
    address: str = "تهران، خیابان بهارستان، کوچهٔ نسترن، پلاک ۷۳"
    story: str = "از پله افتاده و لگنش شکسته است"

    def canaries(self) -> list[str]:
        """As a search in files would find them."""
        bare = self.mobile.removeprefix("0")
        return [self.name, bare, self.melli_code, self.email, self.address, self.story]


OTHER = Words(
    name="گلنار فرخ‌نیا",
    mobile="09359998877",
    melli_code="4185273967",
    email="golnar@example.ir",
    address="اصفهان، خیابان چهارباغ، پلاک ۱۱۲",
    story="می‌خواهد هفته‌ای دو بار سر بزنند",
)


@dataclass(frozen=True)
class Planted:
    """Where the contact stands."""

    office: Office
    words: Words
    contact: UUID
    root: UUID


DETAILS = form(
    "مشخصات",
    {
        "melli_code": {"type": "string", "format": "melli-code", "title": "کد ملی"},
        "email": {"type": "string", "format": "email", "title": "ایمیل"},
        "address": text("نشانی"),
        "story": text("شرح حال"),
        "level": {
            "type": "string",
            "title": "سطح",
            "oneOf": [{"const": "icu", "title": "ویژه"}, {"const": "ward", "title": "بخش"}],
        },
        "months": {"type": "integer", "title": "ماه"},
        "paper": {"type": "string", "format": "file", "title": "مدرک"},
    },
)
CLOSING = form("پایان", {"note": text("یادداشت")})


def _model() -> str:
    """Ticket, particulars, the contact's file, a text and its answer, a paper, a last look."""
    saved = {
        "name": "= caller_name",
        "mobile": "= mobile",
        "melli_code": "= melli_code",
        "email": "= email",
        "address": "= address",
        "roles": '= ["subscriber"]',
    }
    letter = {"document": '= "letter"', "name": "= caller_name", "who": "= subscriber.name"}
    sent = {"channel": '= "sms"', "to": "= subscriber.mobile", "template": '= "asked"'}
    catch = (
        '<bpmn:extensionElements><ravand:correlation key="= subscriber.mobile"/>'
        '</bpmn:extensionElements><bpmn:messageEventDefinition messageRef="M"/>'
    )
    return process(
        start(),
        user("details", asks("details"), performer=CLERK),
        service("save", "ذخیره", connector("crm.save_contact", saved, {"contact": "subscriber"})),
        service("tell", "پیامک", connector("notify.send", sent, {})),
        element("intermediateCatchEvent", "hear", catch),
        service("paper", "نامه", connector("document.render", letter, {"file": "letter"})),
        service(
            "note", "یادداشت", connector("crm.log", {"text": '= "تماس با " + caller_name'}, {})
        ),
        user("look", asks("closing"), performer=CLERK),
        end(),
        chain("start", "details", "save", "tell", "hear", "paper", "note", "look", "end"),
        key="planted",
        head='<bpmn:message id="M" name="sms.reply"/>',
    )


def release(office: Office) -> None:
    """Let tickets of the kind `planted` begin the process."""
    asked = texts("asked", "sms", "سلام {caller_name}؛ نشانی شما {address} است؟")
    office.deploy(
        _model(),
        **{
            "forms/details.json": DETAILS,
            "forms/closing.json": CLOSING,
            "documents/letter.typ": LETTER,
        },
        **asked,
    )
    with unit_of_work() as uow:
        kind = TicketType(key="planted", name="کاشته", process_key="planted")
        uow.session.merge(kind)


def plant(office: Office) -> Planted:
    """Make the process and lead the first contact through it all."""
    release(office)
    return lead(office, Words())


def find(office: Office, words: Words) -> Planted:
    """Where a contact stands who was led through it before."""
    contact = _contact(words)
    with read_only() as session:
        office.root = session.scalars(
            select(InstanceLink.instance_id).where(InstanceLink.ref == str(contact))
        ).one()
    return Planted(office, words, contact, office.root)


def lead(office: Office, words: Words, *, upto: str = "") -> Planted:
    """The process is there: one more contact goes through it."""
    office.call(
        caller_name=words.name,
        mobile=words.mobile,
        subject=f"درخواست {words.name}",
        text=words.story,
        type_key="planted",
    )
    office.do("details", "reception.clerk", _answers(words))
    planted = Planted(office, words, _contact(words), office.root)
    office.text_from(words.mobile, f"بله، {words.name} هستم؛ {words.story}")
    office.desk("reception.clerk").post(
        f"/contacts/{planted.contact}/notes", {"text": f"{words.name} گفت {words.story}"}
    )
    if upto != "look":
        office.do("look", "reception.clerk")
    return planted


def _answers(words: Words) -> dict[str, Any]:
    return {
        "melli_code": words.melli_code,
        "email": words.email,
        "address": words.address,
        "story": words.story,
        "level": "icu",
        "months": 3,
        "paper": attached(f"{words.name}.pdf", b"%PDF-1.4 " + FILED + words.name.encode()),
    }


def _contact(words: Words) -> UUID:
    with read_only() as session:
        return session.scalars(select(Contact.id).where(Contact.email == words.email)).one()
