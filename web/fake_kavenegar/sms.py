"""The provider's methods. Each takes the state and the parameters and gives the entries."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import orjson

from web.fake_kavenegar.answers import STATUS_TEXT, JsonObject, Refusal
from web.fake_kavenegar.numbers import check_text, parts, receptor
from web.fake_kavenegar.state import FORGOTTEN_AFTER, FakeState, Message

Params = Mapping[str, str]
Entries = list[JsonObject] | JsonObject | None
Method = Callable[[FakeState, Params], Entries]
MOST_RECEPTORS = 200
MOST_IDS = 500
LOCALID_KEPT = 12 * 3600
READ_AT_ONCE = 100


def need(params: Params, name: str) -> str:
    """A parameter that must be there; 400 without it."""
    value = params.get(name, "")
    if not value:
        raise Refusal(400)
    return value


def listed(text: str, most: int) -> list[str]:
    values = [part.strip() for part in text.split(",") if part.strip()]
    if len(values) > most:
        raise Refusal(414)
    return values


def shown(state: FakeState, message: Message) -> JsonObject:
    """A message as sms/send and sms/select show it."""
    status = message.status(state.timestamp)
    return {
        "messageid": message.messageid,
        "message": message.message,
        "status": status,
        "statustext": STATUS_TEXT[status],
        "sender": message.sender,
        "receptor": message.receptor,
        "date": message.date,
        "cost": message.cost,
    }


def send(state: FakeState, params: Params) -> Entries:
    phones = [receptor(p) for p in listed(need(params, "receptor"), MOST_RECEPTORS)]
    text = check_text(params.get("message", ""))
    localids = listed(params.get("localid", ""), MOST_RECEPTORS)
    if localids and len(localids) != len(phones):
        raise Refusal(419)
    line = sender_line(state, params.get("sender", ""))
    date = send_date(state, params.get("date", ""))
    tag = params.get("tag")
    ours: Sequence[str | None] = localids or [None] * len(phones)
    rows = [(phone, line, text, local) for phone, local in zip(phones, ours, strict=True)]
    return accept(state, rows, date, tag)


def sendarray(state: FakeState, params: Params) -> Entries:
    phones = [receptor(p) for p in array(params, "receptor")]
    lines = [sender_line(state, line) for line in array(params, "sender")]
    texts = [check_text(text) for text in array(params, "message")]
    given = params.get("localmessageids", "")
    localids: Sequence[str | None] = (
        array(params, "localmessageids") if given else [None] * len(phones)
    )
    if len({len(phones), len(lines), len(texts), len(localids)}) != 1:
        raise Refusal(419)
    date = send_date(state, params.get("date", ""))
    rows = list(zip(phones, lines, texts, localids, strict=True))
    return accept(state, rows, date, params.get("tag"))


def array(params: Params, name: str) -> list[str]:
    try:
        values = orjson.loads(need(params, name))
    except orjson.JSONDecodeError:
        raise Refusal(400) from None
    if not isinstance(values, list):
        raise Refusal(400)
    if len(values) > MOST_RECEPTORS:
        raise Refusal(414)
    return [str(value) for value in values]


def sender_line(state: FakeState, line: str) -> str:
    if line and line not in state.lines:
        raise Refusal(412)
    return line or state.lines[0]


def send_date(state: FakeState, text: str) -> int:
    now = int(state.timestamp)
    if not text:
        return now
    if not text.isdigit() or int(text) < now:
        raise Refusal(417)
    return int(text)


def accept(
    state: FakeState,
    rows: Sequence[tuple[str, str, str, str | None]],
    date: int,
    tag: str | None,
) -> list[JsonObject]:
    """Charge and queue the texts; one whose local id was seen before comes back unsent."""
    known = [state.by_localid(local) if local else None for *_, local in rows]
    price = sum(
        parts(row[2]) * state.price for row, old in zip(rows, known, strict=True) if old is None
    )
    if price > state.credit:
        raise Refusal(418)
    state.credit -= price
    entries = []
    for (phone, line, text, local), old in zip(rows, known, strict=True):
        message = old or queue(state, phone, line, text, local, date, tag)
        entries.append(shown(state, message))
    return entries


def queue(
    state: FakeState,
    phone: str,
    line: str,
    text: str,
    localid: str | None,
    date: int,
    tag: str | None,
) -> Message:
    count = parts(text)
    message = Message(
        messageid=state.next_id(),
        receptor=phone,
        sender=line,
        message=text,
        date=date,
        cost=count * state.price,
        parts=count,
        script=state.scripts.get(phone, "delivered"),
        localid=localid,
        tag=tag,
    )
    state.messages.append(message)
    return message


def status(state: FakeState, params: Params) -> Entries:
    ids = listed(need(params, "messageid"), MOST_IDS)
    return [status_row(state, i, state.by_id(int(i)) if i.isdigit() else None) for i in ids]


def statuslocalmessageid(state: FakeState, params: Params) -> Entries:
    rows = []
    for localid in listed(need(params, "localid"), MOST_IDS):
        message = state.by_localid(localid)
        if message and state.timestamp - message.date > LOCALID_KEPT:
            message = None
        row = status_row(state, str(message.messageid) if message else "0", message)
        rows.append({**row, "localid": localid})
    return rows


def status_row(state: FakeState, messageid: str, message: Message | None) -> JsonObject:
    """Unknown ids and those older than 48 hours are 100."""
    code = 100
    if message and state.timestamp - message.date <= FORGOTTEN_AFTER:
        code = message.status(state.timestamp)
    number = int(messageid) if messageid.isdigit() else 0
    return {"messageid": number, "status": code, "statustext": STATUS_TEXT[code]}


def select(state: FakeState, params: Params) -> Entries:
    ids = listed(need(params, "messageid"), MOST_IDS)
    found = [state.by_id(int(i)) for i in ids if i.isdigit()]
    return [shown(state, message) for message in found if message]


def cancel(state: FakeState, params: Params) -> Entries:
    """Only what waits for its date can be taken back; its price returns."""
    rows = []
    for number in listed(need(params, "messageid"), MOST_IDS):
        message = state.by_id(int(number)) if number.isdigit() else None
        if message and message.status(state.timestamp) == 2:
            message.cancelled = True
            state.credit += message.cost
        rows.append(status_row(state, number, message))
    return rows


def receive(state: FakeState, params: Params) -> Entries:
    """Up to 100 texts of a line; asking for the unread ones marks them read."""
    line, wanted_read = need(params, "linenumber"), need(params, "isread") == "1"
    if line not in state.lines:
        raise Refusal(412)
    found = [m for m in state.inbox if m.receptor == line and m.read is wanted_read][:READ_AT_ONCE]
    for message in found:
        message.read = True
    fields = ("messageid", "message", "sender", "receptor", "date")
    return [{name: getattr(message, name) for name in fields} for message in found]


def countinbox(state: FakeState, params: Params) -> Entries:
    start = int(params.get("startdate", "0") or 0)
    found = [m for m in state.inbox if m.date >= start]
    return [{"startdate": start, "enddate": int(state.timestamp), "sumcount": len(found)}]


def info(state: FakeState, params: Params) -> Entries:
    expires = int(state.timestamp) + 365 * 86400
    return {"remaincredit": state.credit, "expiredate": expires, "type": "Master"}


def lookup(state: FakeState, params: Params) -> Entries:
    """A text from an approved template; its tokens may hold no spaces, or only so many."""
    phone = receptor(need(params, "receptor"))
    name = need(params, "template")
    if name not in state.templates:
        raise Refusal(424)
    spaces = {"token": 0, "token2": 0, "token3": 0, "token10": 5, "token20": 8}
    for token, most in spaces.items():
        value = params.get(token, "")
        if value.count(" ") > most or len(value) > 100 or set(value) & set("\n_"):
            raise Refusal(431)
    if any(not params.get(token) for token in state.templates[name]):
        raise Refusal(432)
    text = " ".join([name, *(params.get(token, "") for token in spaces if params.get(token))])
    row = (phone, state.lines[0], text, None)
    return accept(state, [row], int(state.timestamp), params.get("tag"))


METHODS: dict[str, Method] = {
    "sms/send": send,
    "sms/sendarray": sendarray,
    "sms/status": status,
    "sms/statuslocalmessageid": statuslocalmessageid,
    "sms/select": select,
    "sms/cancel": cancel,
    "sms/receive": receive,
    "sms/countinbox": countinbox,
    "account/info": info,
    "verify/lookup": lookup,
}
POST_ONLY = frozenset({"sms/sendarray"})
