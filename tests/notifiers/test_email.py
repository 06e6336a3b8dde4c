"""E-mail through a real SMTP server."""

import pytest

from config import from_env
from kernel.jobs import run_until_idle
from notifiers.channels import Outgoing, use
from notifiers.errors import TextRefused
from notifiers.outcomes import Park
from notifiers.smtp_mail import SmtpMail


def test_each_recipient_gets_a_message_of_their_own(office, mailbox):
    # when
    office.send([f"person:{office.sara}", f"person:{office.john}"], "email")
    run_until_idle()

    # then
    assert [str(mail["To"]) for mail in mailbox.mails] == [
        "سارا احمدی <sara@example.ir>",
        "John <john@example.ir>",
    ]
    assert [[one.upper() for one in to] for _, to in mailbox.envelopes] == [
        ["RCPT TO:<SARA@EXAMPLE.IR>"],
        ["RCPT TO:<JOHN@EXAMPLE.IR>"],
    ]
    persian = mailbox.mails[0]
    assert persian["Subject"] == "نوبت مینا"
    assert persian["Content-Language"] == "fa"
    text, page = persian.iter_parts()
    assert text.get_content().split() == ["سلام", "مینا.", "نوبت", "شما", "۳", "است."]
    assert 'dir="rtl"' in page.get_content()


def test_a_subject_cannot_smuggle_headers(office, mailbox):
    ident = office.send_one(
        "a@example.ir", "email", variables={"name": "x\r\nBcc: spy@evil.example", "count": 1}
    )
    run_until_idle()
    assert office.state(ident) == "sent"
    [mail] = mailbox.mails
    assert mail["Bcc"] is None
    assert len(mailbox.envelopes[0][1]) == 1


@pytest.mark.parametrize("address", ["a..b@example.ir", ".a@example.ir", "a.@example.ir"])
def test_an_address_no_mail_can_bear_is_refused_before_anything_is_tried(office, mailbox, address):
    ident = office.send_one(address, "email")
    run_until_idle()
    delivery = office.delivery(ident)
    assert (delivery.state, delivery.code) == ("failed", "recipient.bad-address")


def test_what_people_typed_is_text_and_not_html(office, mailbox):
    office.send_one("a@example.ir", "email", variables={"name": "<b>x</b>", "count": 1})
    run_until_idle()
    _, page = mailbox.mails[0].iter_parts()
    assert "<b>" not in page.get_content()


def test_after_silence_the_same_message_goes_out_under_the_same_id(office, mailbox):
    mailbox.hang_up_after_data = 1
    ident = office.send_one("a@example.ir", "email")
    run_until_idle()
    assert office.state(ident) == "uncertain"
    office.later(minutes=2)
    assert office.state(ident) == "sent"
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1


@pytest.mark.parametrize(
    ("verb", "answer", "state"),
    [
        ("RCPT", "550 no such user", "failed"),
        ("RCPT", "450 try later", "ready"),
        ("DATA", "554 spam", "failed"),
        ("DATA", "451 busy", "ready"),
        ("MAIL", "553 sender not allowed", "parked"),
    ],
)
def test_the_server_s_word_decides(office, mailbox, verb, answer, state):
    mailbox.refuse[verb] = answer
    ident = office.send_one("a@example.ir", "email")
    run_until_idle()
    delivery = office.delivery(ident)
    assert (delivery.state, delivery.code) == (state, answer[:3])


def test_a_server_that_is_away_is_tried_later(office):
    use("email", SmtpMail("smtp://127.0.0.1:9", "ravand@example.ir"))
    ident = office.send_one("a@example.ir", "email")
    run_until_idle()
    assert (office.state(ident), office.delivery(ident).code) == ("ready", "not-reached")


def test_a_password_never_travels_open_to_another_machine(office, mailbox, monkeypatch):
    remote = mailbox.url.replace("127.0.0.1", "user:secret@mail.test")
    monkeypatch.setattr("socket.getaddrinfo", _to_loopback)
    with pytest.raises(Park):
        SmtpMail(remote, "r@example.ir").send(Outgoing("a@example.ir", "x", 1, subject="x"))


def _to_loopback(host, port, *_, **__):
    import socket

    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


def test_the_demo_writes_mail_into_a_folder(office, tmp_path):
    config = from_env({"RAVAND_DATA_DIR": str(tmp_path)})
    use("email", SmtpMail.from_config(config))
    office.send_one("a@example.ir", "email")
    run_until_idle()
    [file] = (tmp_path / "mail").glob("*.eml")
    assert b"To: a@example.ir" in file.read_bytes()
    real = from_env({"RAVAND_DATA_DIR": str(tmp_path), "RAVAND_DEMO": "0"})
    assert SmtpMail.from_config(real) is None


@pytest.mark.parametrize("text", ["", "Subject: only", "Subject:\n\nbody"])
def test_a_mail_needs_a_subject_and_a_text(text):
    with pytest.raises(TextRefused):
        SmtpMail.compose(text)
