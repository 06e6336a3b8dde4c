"""Providers that hang, trickle, lie, die or lead elsewhere: answers classed, no key anywhere."""

import logging
import traceback
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from kernel.jobs import run_until_idle
from kernel.uow import read_only
from notifiers import tables
from notifiers.channels import Outgoing, close_all, use
from notifiers.kavenegar_client import KavenegarClient
from notifiers.kavenegar_sms import KavenegarSms
from notifiers.outcomes import Park, Receipt, Refused, Retry, SendFailure, Uncertain
from notifiers.smtp_mail import SmtpMail
from tests.notifiers.conftest import KEY, LINE, PHONE
from tests.notifiers.servers import Mailbox, serving, smtp_server, unknown_authority
from web.fake_kavenegar import FakeState, Fault, create_fake

SENT, ASKED = "sms/send", "sms/statuslocalmessageid"
TEXT = Outgoing(PHONE, "سلام", 4711, subject="سلام")
LETTER = Outgoing("a@example.ir", "x", 1, subject="x")


@pytest.fixture
def provider(standing_clock) -> Iterator[FakeState]:
    """A provider, and a channel that gives it half a second of silence and one second in all."""
    state = FakeState(api_key=KEY, now=standing_clock.now)
    with serving(create_fake(state)) as url:
        use("sms", KavenegarSms(KavenegarClient(KEY, url, timeout=(2, 0.5), total=1.0), LINE))
        state.url = url
        yield state
        state.stopping.set()
    close_all()


def channel(state: FakeState) -> KavenegarSms:
    client = KavenegarClient(KEY, state.url, timeout=(2, 0.5), total=1.0)
    return KavenegarSms(client, LINE)


def shown(error: BaseException | None) -> str:
    """Everything that an exception could tell, its hidden causes included."""
    said = ""
    while error is not None:
        said += "".join(traceback.format_exception(error)) + repr(error) + str(vars(error))
        error = error.__context__
    return said


def outcome(act) -> object:
    """What it ends with: an answer or the class of a failure, without the key in it."""
    failure: SendFailure | None = None
    try:
        return act()
    except SendFailure as error:
        failure = error
    assert KEY not in shown(failure)
    return type(failure)


@pytest.fixture(autouse=True)
def no_key_in_the_log(caplog) -> Iterator[None]:
    caplog.set_level(logging.DEBUG)
    yield
    assert KEY not in caplog.text


HANDED_OVER = {
    "delay": Uncertain,
    "accept_then_silence": Uncertain,
    "cut": Uncertain,
    "half": Uncertain,
    "trickle": Uncertain,
    "trickle_head": Uncertain,
    "huge": Uncertain,
    "empty": Uncertain,
    "no_entries": Uncertain,
    "no_rows": Uncertain,
    "stranger": Uncertain,
    "page200": Uncertain,
    "page500": Uncertain,
    "wrong_http": Uncertain,
}


@pytest.mark.parametrize(("kind", "expected"), HANDED_OVER.items())
def test_a_text_whose_answer_is_no_answer_is_uncertain(provider, kind, expected):
    provider.faults.append(Fault(kind, SENT, seconds=20 if "trickle" not in kind else 0.05))
    assert outcome(lambda: channel(provider).send(TEXT)) is expected


@pytest.mark.parametrize("kind", HANDED_OVER)
def test_a_question_whose_answer_is_no_answer_tells_nothing(provider, kind):
    """Above all it does not tell that the text is not there: it would be sent again."""
    channel(provider).send(TEXT)
    provider.faults.append(Fault(kind, ASKED, seconds=20 if "trickle" not in kind else 0.05))
    assert outcome(lambda: channel(provider).ask(TEXT)) is Uncertain


@pytest.mark.parametrize(
    ("code", "expected"), [(418, Park), (409, Retry), (411, Refused), (500, Uncertain)]
)
def test_an_error_under_the_status_200_is_the_error(provider, code, expected):
    provider.faults.append(Fault("hidden_code", SENT, code=code))
    assert outcome(lambda: channel(provider).send(TEXT)) is expected


def test_the_key_is_carried_nowhere_else(provider, standing_clock):
    elsewhere = FakeState(api_key=KEY, now=standing_clock.now)
    with serving(create_fake(elsewhere)) as url:
        provider.faults.append(Fault("redirect", SENT, to=f"{url}/v1/{KEY}/sms/send.json"))
        assert outcome(lambda: channel(provider).send(TEXT)) is Park
    assert elsewhere.requests == []


def test_a_provider_that_cannot_show_who_it_is_hears_nothing(provider, tmp_path):
    with serving(create_fake(provider), tls=unknown_authority(tmp_path)) as url:
        stranger = KavenegarSms(KavenegarClient(KEY, url, timeout=(2, 0.5)), LINE)
        with pytest.raises(Park, match="not-trusted") as refusal:
            stranger.send(TEXT)
    assert provider.requests == []
    assert KEY not in shown(refusal.value)


@pytest.mark.parametrize("url", ["http://nowhere.invalid", "http://127.0.0.1:9"])
def test_a_provider_that_is_not_there_was_certainly_told_nothing(url):
    client = KavenegarClient(KEY, url, timeout=(1, 0.5))
    assert outcome(lambda: KavenegarSms(client, LINE).send(TEXT)) is Retry


@pytest.mark.parametrize("kind", ["half", "huge", "stranger", "no_rows", "wrong_http"])
def test_a_taken_text_is_found_by_asking_and_no_row_holds_the_key(office_both, provider_both, kind):
    provider_both.faults.append(Fault(kind, SENT))
    ident = office_both.send_one()
    run_until_idle()
    assert office_both.state(ident) == "uncertain"
    office_both.later(minutes=1)

    assert office_both.state(ident) == "sent"
    assert len(provider_both.calls(SENT)) == len(provider_both.messages) == 1
    with read_only() as session:
        for table in (tables.Delivery, tables.ReceiptRow, tables.DeliveryCall, tables.ChannelState):
            assert KEY not in "".join(str(vars(row)) for row in session.scalars(select(table)))


@pytest.fixture
def mail_server() -> Iterator[Mailbox]:
    with smtp_server(Mailbox()) as box:
        yield box


def mail(box: Mailbox, url: str = "") -> object:
    letters = SmtpMail(url or box.url, "ravand@example.ir", silence=0.5, total=1.0)
    return outcome(lambda: letters.send(LETTER))


@pytest.mark.parametrize("verb", ["EHLO", "MAIL", "RCPT"])
@pytest.mark.parametrize("how", ["hang_up_at", "trickle_at"])
def test_a_server_that_breaks_off_before_the_message_has_none(mail_server, verb, how):
    setattr(mail_server, how, verb)
    assert mail(mail_server) is Retry
    assert mail_server.mails == []


def test_a_server_that_breaks_off_after_the_message_may_have_it(mail_server):
    mail_server.hang_up_after_data = 1
    assert mail(mail_server) is Uncertain
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("25", Uncertain),
        ("2", Uncertain),
        ("45", Uncertain),
        ("well\r\n", Uncertain),
        ("354 go on\r\n", Uncertain),
        ("251 forwarded\r\n", Receipt),
        ("451 later\r\n", Retry),
        ("554 no\r\n", Refused),
    ],
)
def test_only_a_whole_yes_or_no_to_the_message_is_an_answer(mail_server, answer, expected):
    """Half of a yes is no "not taken": the same message would go out again, by nobody's leave."""
    mail_server.last_word = answer
    ended = mail(mail_server)
    assert (type(ended) if isinstance(ended, Receipt) else ended) is expected
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize(
    ("verb", "answer", "expected"),
    [
        ("MAIL", "451 later", Retry),
        ("MAIL", "550 who are you", Park),
        ("RCPT", "450 full", Retry),
        ("RCPT", "551 not here", Refused),
        ("DATA", "452 no room", Retry),
        ("DATA", "554 no", Refused),
        ("STARTTLS", "454 not now", Retry),
        ("STARTTLS", "501 never", Park),
    ],
)
def test_the_class_of_the_server_s_code_decides(mail_server, verb, answer, expected):
    mail_server.extensions = ("STARTTLS",) if verb == "STARTTLS" else ()
    mail_server.refuse[verb] = answer
    assert mail(mail_server) is expected
    assert mail_server.mails == []


def test_a_password_stands_in_no_failure(mail_server):
    mail_server.extensions = ("AUTH PLAIN",)
    mail_server.refuse["AUTH"] = "535 no"
    assert mail(mail_server, mail_server.url.replace("//", f"//user:{KEY}@")) is Park


@pytest.mark.parametrize("offered", ["PIPELINING", "AUTH WHATEVER"])
def test_a_server_that_offers_no_login_is_a_matter_of_the_settings(mail_server, offered):
    mail_server.extensions = (offered,)
    with pytest.raises(Park, match=r"mail-server\.lacks"):
        SmtpMail(mail_server.url.replace("//", f"//user:{KEY}@"), "r@example.ir").send(LETTER)
    assert mail_server.mails == []


def test_a_mail_server_that_is_well_takes_the_message(mail_server):
    assert isinstance(mail(mail_server), Receipt)
