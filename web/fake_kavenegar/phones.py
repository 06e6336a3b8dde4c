"""The phones' side: a text comes from a phone, and the provider tells the customer's server."""

from __future__ import annotations

import logging

import requests

from web.fake_kavenegar.numbers import receptor
from web.fake_kavenegar.state import FakeState, Incoming

log = logging.getLogger("ravand.fake-kavenegar")
CALLBACK_TIMEOUT = (3, 10)


def answer_as(state: FakeState, phone: str, text: str, line: str = "") -> Incoming:
    """Put a text into the inbox and post it to the callback address.

    It stays unread, as at the real provider, when the callback was not taken.

    Raises: Refusal(411) for something that is no mobile number.
    """
    with state.lock:
        incoming = Incoming(
            messageid=state.next_id(),
            sender=receptor(phone),
            receptor=line or state.lines[0],
            message=text,
            date=int(state.timestamp),
        )
        state.inbox.append(incoming)
        state.save()
    if state.callback_url and _post(state.callback_url, incoming):
        with state.lock:
            incoming.read = True
            state.save()
    return incoming


def _post(url: str, incoming: Incoming) -> bool:
    fields = {
        "messageid": str(incoming.messageid),
        "from": incoming.sender,
        "to": incoming.receptor,
        "message": incoming.message,
    }
    try:
        answer = requests.post(url, data=fields, timeout=CALLBACK_TIMEOUT, allow_redirects=False)
    except requests.RequestException as error:
        log.warning("the callback was not taken: %s", type(error).__name__)
        return False
    return answer.status_code == 200
