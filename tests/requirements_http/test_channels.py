"""Texts of a step: when they go, by which channel, and where they are kept."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.engine.drawing import user
from tests.notifiers.servers import Mailbox, smtp_server
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import (
    asks,
    form,
    limit,
    notify,
    one_step,
    performer,
    steps,
    text,
    texts,
)

CALLER = form(
    "تماس",
    {"name": text("نام"), "mobile": {"type": "string", "format": "phone", "title": "همراه"}},
    required=("name", "mobile"),
)
GIVEN = {"name": "مینا صادقی", "mobile": "۰۹۱۲ ۱۱۱ ۲۲۳۳"}
PHONE, HEADS_PHONE = "09121112233", "09121000002"
HEAD = '= position("reception.head")'


@pytest.fixture
def mailbox(office: Office) -> Iterator[Mailbox]:
    """A mail server on this machine, to which the installation sends."""
    with smtp_server(Mailbox()) as box:
        config = office.product.app.extensions["ravand_config"]
        changed = replace(config, smtp_url=box.url, mail_from="office@ravand.example")
        office.product.app.extensions["ravand_config"] = changed
        office.restart()
        yield box


@requirement("A17")
def test_entering_leaving_and_overdue_send_their_texts_once_each(office: Office) -> None:
    moments = ("opened", "completed", "overdue")
    said = {"opened": "رسید", "completed": "بسته شد", "overdue": "دیر شد"}
    bundle = {key: one for m in moments for key, one in texts(f"t_{m}", "sms", said[m]).items()}
    told = "".join(notify("sms", HEAD, f"t_{moment}", moment) for moment in moments)
    office.deploy(steps(user("work", limit("PT2H") + told), user("after")), **bundle)

    office.begin("reception.clerk", "p")
    assert office.product.sms.texts_to(HEADS_PHONE) == ["رسید"]

    office.wait("PT2H1M")
    assert office.product.sms.texts_to(HEADS_PHONE) == ["رسید", "دیر شد"]

    office.wait("P2D")
    office.do("work", "reception.clerk")
    assert office.product.sms.texts_to(HEADS_PHONE) == ["رسید", "دیر شد", "بسته شد"]


@requirement("A17")
def test_work_done_in_time_never_says_that_it_was_late(office: Office) -> None:
    late = notify("sms", HEAD, "late", "overdue")
    office.deploy(one_step(limit("PT2H") + late), **texts("late", "sms", "دیر شد"))
    office.begin("reception.clerk", "p")
    office.do("work", "reception.clerk")

    office.wait("P1D")

    assert office.product.sms.texts_to(HEADS_PHONE) == []


@requirement("B09", "A17")
def test_the_steps_template_goes_out_filled_in_and_stands_in_the_file(office: Office) -> None:
    thanks = "{name} عزیز، درخواست {digits(instance.number)} ثبت شد."
    told = notify("sms", "= mobile", "thanks", "completed")
    office.deploy(
        one_step(asks("caller") + told),
        **{"forms__caller.json": CALLER},
        **texts("thanks", "sms", thanks),
    )
    office.begin("reception.clerk", "p")

    office.do("work", "reception.clerk", GIVEN)

    [sent] = office.product.sms.texts_to(PHONE)
    assert sent.startswith("مینا صادقی عزیز، درخواست ۱۴۰۵")
    assert sent.endswith("ثبت شد.")
    page = office.case_page("messages")
    assert "مینا صادقی عزیز" in page
    listing = office.desk("platform.admin").get("/deliveries/?channel=sms")
    assert "۰۹۱۲" in listing or "0912" in listing


@requirement("C07")
def test_one_step_tells_by_sms_email_and_inbox_each_with_its_own_text(
    office: Office, mailbox: Mailbox
) -> None:
    told = "".join(notify(channel, HEAD, "news", "opened") for channel in ("sms", "email", "inbox"))
    mail = "Subject: پروندهٔ تازه\n\nپروندهٔ {digits(instance.number)} رسیده است."
    office.deploy(
        one_step(told),
        **texts("news", "sms", "پیامک: پرونده رسید"),
        **texts("news", "email", mail),
        **texts("news", "inbox", "کارتابل: پرونده رسید\nآن را ببینید."),
    )

    office.begin("reception.clerk", "p")

    assert office.product.sms.texts_to(HEADS_PHONE) == ["پیامک: پرونده رسید"]
    [mail_sent] = mailbox.mails
    assert mail_sent["Subject"] == "پروندهٔ تازه"
    assert mail_sent["To"] is not None
    assert "k.parsa@aramesh.example" in mail_sent["To"]
    assert "رسیده است" in mail_sent.get_body().get_content()  # type: ignore[union-attr]
    assert "کارتابل: پرونده رسید" in office.desk("reception.head").get("/inbox?kind=reminder")
    page = office.case_page("messages")
    assert page.count("k.parsa@aramesh.example") + page.count("کیوان پارسا") >= 1


@requirement("A08")
def test_a_reminder_goes_by_every_channel_that_the_step_chose(
    office: Office, mailbox: Mailbox
) -> None:
    office.deploy(one_step(limit("PT4H", "75%>assignee@inbox,sms,email")))
    office.begin("reception.clerk", "p")
    office.do_claim("work", "s.azizi")

    office.wait("PT3H1M")

    [mail] = mailbox.mails
    assert "s.azizi@aramesh.example" in mail["To"]
    assert "مهلت «work» نزدیک است" in mail["Subject"]
    assert len(office.product.sms.texts_to("09121000003")) == 1
    assert office.product.sms.texts_to("09121000004") == []  # a colleague of the same position


@requirement("C07")
def test_a_text_in_the_readers_language(office: Office) -> None:
    head = office.desk("reception.head")
    head.get("/prefs")
    head.post("/language", {"locale": "en", "next": "/prefs"})
    office.deploy(
        one_step(notify("sms", HEAD, "news", "opened")),
        **texts("news", "sms", "پرونده رسید", "A case came"),
    )

    office.begin("reception.clerk", "p")

    assert office.product.sms.texts_to(HEADS_PHONE) == ["A case came"]


@requirement("C07")
def test_a_template_missing_for_a_channel_is_refused_at_upload(office: Office) -> None:
    told = notify("email", HEAD, "news", "opened")

    page = office.upload(one_step(told), status=422, **texts("news", "sms", "فقط پیامک"))

    assert "news" in page


@requirement("B08")
def test_alarms_before_at_and_after_the_limit_reach_the_persons_chosen(office: Office) -> None:
    plan = "-PT1H>assignee@inbox,sms 100%>head@sms +P1D>management.ceo@sms"
    work = performer(position="reception.clerk")
    office.deploy(one_step(limit("PT4H", plan), by=work))
    office.begin("reception.clerk", "p")
    clerk, ceo = "09121000003", "09121000001"

    def told() -> list[int]:
        return [len(office.product.sms.texts_to(one)) for one in (clerk, HEADS_PHONE, ceo)]

    office.wait("PT2H59M")
    assert told() == [0, 0, 0]
    office.wait("PT2M")
    assert told() == [1, 0, 0]
    office.wait("PT1H")
    assert told() == [1, 1, 0]
    office.wait("P1D")
    assert told() == [1, 1, 1]
    office.wait("P5D")
    assert told() == [1, 1, 1]
    assert office.open_tasks() == ["work"]


@requirement("B08")
def test_an_alarm_drawn_on_the_border_of_a_step_tells_and_leaves_the_step_open(
    office: Office,
) -> None:
    office.begin("subscribers.expert", "leave_request")
    leave = {"kind": "annual", "from_date": "2026-12-05", "days": 3}
    office.do("request_leave", "subscribers.expert", leave)

    office.wait("PT24H1M")

    assert {one.channel for one in office.texts("leave_waiting")} == {"sms", "inbox"}
    assert office.open_tasks() == ["approve_leave"]
    assert office.sees("subscribers.head", "approve_leave")
