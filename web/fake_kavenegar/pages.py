"""The page that shows the captured texts, newest first, and lets one answer as the phone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from kernel import jalali
from kernel.i18n import direction, gettext, use_locale
from kernel.text import persian_digits
from web.fake_kavenegar.answers import Refusal
from web.fake_kavenegar.faults import KINDS, Fault
from web.fake_kavenegar.phones import answer_as
from web.fake_kavenegar.state import FakeState, Message

pages = Blueprint("pages", __name__)
SHOWN = 100
STATUS_WORDS = {
    1: "Queued at the provider",
    2: "Scheduled at the provider",
    5: "With the operator",
    6: "Sending failed",
    10: "Delivered to the phone",
    11: "Not delivered to the phone",
    13: "Text cancelled",
    14: "Blocked by the phone's owner",
}
PILLS = {10: "is-done", 6: "is-late", 11: "is-late", 14: "is-late"}


@dataclass(frozen=True)
class Shown:
    """One line of the page: a text to a phone, or an answer from one."""

    phone: str
    text: str
    at: datetime
    parts: int
    status: str
    pill: str
    incoming: bool


@pages.get("/")
def texts() -> ResponseReturnValue:
    state, lang = _state(), _lang()
    with use_locale(lang), state.lock:
        return render_template(
            "fake_kavenegar.html",
            rows=_rows(state),
            credit=state.credit,
            faults=list(state.faults),
            fault_kinds=KINDS,
            lang=lang,
            dir=direction(lang),
            stylesheet=current_app.config["STYLESHEET"],
            refused=request.args.get("refused", ""),
            _=gettext,
            digits=_digits,
            money=_money,
            when=lambda at: jalali.near(at, state.now(), lang),
        )


@pages.post("/answer")
def answer() -> ResponseReturnValue:
    form = request.form
    try:
        answer_as(_state(), form.get("phone", ""), form.get("text", ""))
    except Refusal:
        return redirect(f"/?lang={_lang()}&refused=1")
    return redirect(f"/?lang={_lang()}")


@pages.post("/faults")
def set_fault() -> ResponseReturnValue:
    """Have the next calls go wrong; with no kind chosen, all go well again.

    Programs may name the `method`, the `seconds` of a wait, and where a redirect leads (`to`).
    """
    state, kind = _state(), request.form.get("kind", "")
    with state.lock:
        state.faults.clear()
        if kind in KINDS:
            times = request.form.get("times", type=int) or 1
            code = request.form.get("code", type=int) or 409
            seconds = request.form.get("seconds", 5.0, type=float)
            method, to = request.form.get("method") or None, request.form.get("to", "")
            state.faults.append(Fault(kind, method, times, seconds, code, to))
    return redirect(f"/?lang={_lang()}")


def _rows(state: FakeState) -> list[Shown]:
    now = state.timestamp
    sent = [_sent(message, message.status(now)) for message in state.messages[-SHOWN:]]
    came = [
        Shown(
            m.sender,
            m.message,
            _instant(m.date),
            1,
            "Answer taken by Ravand" if m.read else "Answer not taken yet",
            "",
            True,
        )
        for m in state.inbox[-SHOWN:]
    ]
    return sorted([*came[::-1], *sent[::-1]], key=lambda row: row.at, reverse=True)[:SHOWN]


def _sent(message: Message, code: int) -> Shown:
    word = STATUS_WORDS.get(code, "")
    at = _instant(message.date)
    pill = PILLS.get(code, "")
    return Shown(message.receptor, message.message, at, message.parts, word, pill, False)


def _instant(date: int) -> datetime:
    return datetime.fromtimestamp(date, UTC)


def _digits(value: object, lang: str) -> str:
    return persian_digits(str(value)) if lang == "fa" else str(value)


def _money(rial: int, lang: str) -> str:
    return _digits(f"{rial:,}".replace(",", "٬" if lang == "fa" else ","), lang)


def _state() -> FakeState:
    state: FakeState = current_app.extensions["fake_kavenegar"]
    return state


def _lang() -> str:
    return "en" if request.values.get("lang") == "en" else "fa"
