"""Forms to test with, and a browser reduced to what it does with a form."""

from typing import Any

import lxml.html
from werkzeug.datastructures import MultiDict

from forms import Form, parse_form

CHOICES = [
    {"const": "companion", "title": "همراه"},
    {"const": "elder", "title": "مراقب سالمند"},
    {"const": "icu", "title": "پرستار ICU"},
]
FILE = "01942c5e-0000-7000-8000-0000000000aa"
OTHER_FILE = "01942c5e-0000-7000-8000-0000000000bb"

EVERY_KIND: dict[str, Any] = {
    "name": {"type": "string", "title": "نام"},
    "story": {"type": "string", "title": "شرح", "maxLength": 2000},
    "months": {"type": "integer", "title": "مدت", "minimum": 1, "maximum": 12},
    "share": {"type": "number", "title": "سهم"},
    "wage": {"type": "integer", "format": "money", "title": "دستمزد"},
    "price": {"type": "integer", "format": "money", "title": "بها"},
    "start": {"type": "string", "format": "date", "title": "شروع"},
    "at": {"type": "string", "format": "time", "title": "ساعت"},
    "visit": {"type": "string", "format": "date-time", "title": "بازدید"},
    "kind": {"type": "string", "title": "نوع", "oneOf": CHOICES},
    "city": {
        "type": "string",
        "title": "شهر",
        "oneOf": [{"const": f"c{i}", "title": f"شهر {i}"} for i in range(8)],
    },
    "score": {"type": "integer", "title": "امتیاز", "minimum": 1, "maximum": 5},
    "skills": {
        "type": "array",
        "title": "مهارت",
        "uniqueItems": True,
        "items": {"type": "string", "oneOf": CHOICES},
    },
    "night": {"type": "boolean", "title": "شبانه"},
    "present": {"type": "boolean", "title": "حضور"},
    "mobile": {"type": "string", "format": "phone", "title": "همراه"},
    "melli": {"type": "string", "format": "melli-code", "title": "کد ملی"},
    "company": {"type": "string", "format": "legal-id", "title": "شناسه"},
    "account": {"type": "string", "format": "sheba", "title": "شبا"},
    "post": {"type": "string", "format": "postal-code", "title": "کد پستی"},
    "mail": {"type": "string", "format": "email", "title": "ایمیل"},
    "paper": {"type": "string", "format": "file", "title": "سند"},
    "papers": {
        "type": "array",
        "title": "سندها",
        "items": {"type": "string", "format": "file"},
    },
    "lines": {
        "type": "array",
        "title": "ردیف‌ها",
        "maxItems": 5,
        "items": {
            "type": "object",
            "required": ["what", "price"],
            "properties": {
                "what": {"type": "string", "title": "شرح"},
                "count": {"type": "integer", "title": "تعداد", "minimum": 1},
                "price": {"type": "integer", "format": "money", "title": "بها"},
                "due": {"type": "string", "format": "date", "title": "موعد"},
                "paid": {"type": "boolean", "title": "پرداخت شد"},
                "total": {"type": "integer", "format": "money", "title": "جمع"},
            },
        },
    },
}
EVERY_UI: dict[str, Any] = {
    "score": {"widget": "scale"},
    "present": {"widget": "yes-no"},
    "price": {"money_unit": "toman"},
    "lines": {"columns": {"total": {"computed": "= count * price"}}},
}
EVERY_VALUE: dict[str, Any] = {
    "name": "شهلا احمدی",
    "story": "سطر یک\nسطر دو",
    "months": 3,
    "share": 2.5,
    "wage": 320_000_000,
    "price": 125,
    "start": "2026-11-28",
    "at": "14:30",
    "visit": "2026-11-28T11:00:00Z",
    "kind": "icu",
    "city": "c7",
    "score": 4,
    "skills": ["companion", "icu"],
    "night": True,
    "present": False,
    "mobile": "+989125550143",
    "melli": "0013542419",
    "company": "10380284790",
    "account": "IR580540105180021273113007",
    "post": "1969833114",
    "mail": "name@example.com",
    "paper": FILE,
    "papers": [FILE, OTHER_FILE],
    "lines": [
        {"what": "خدمت", "count": 2, "price": 1000, "due": "2026-12-01", "paid": True},
        {"what": "هدیه", "count": 1, "price": 500, "due": None, "paid": False},
    ],
}


def form_of(
    properties: dict[str, Any],
    ui: dict[str, Any] | None = None,
    *,
    groups: list[dict[str, Any]] | None = None,
    **schema: Any,
) -> Form:
    """A form with these fields; `schema` adds words beside `properties`."""
    data: dict[str, Any] = {
        "title": {"fa": "آزمون", "en": "Test"},
        "schema": {"type": "object", "properties": properties, **schema},
        "ui": {"fields": ui or {}},
    }
    if groups is not None:
        data["ui"]["groups"] = groups
    return parse_form("test", data)


def every_kind() -> Form:
    """A form that asks for one of each."""
    return form_of(EVERY_KIND, EVERY_UI)


def page(markup: str) -> lxml.html.HtmlElement:
    """The markup as a browser reads it."""
    return lxml.html.fragment_fromstring(str(markup))


def submitted(markup: str, *, press: str | None = None) -> MultiDict[str, str]:
    """What a browser would send. `press` is the value of the button that was clicked."""
    sent: MultiDict[str, str] = MultiDict()
    for element in page(markup).iter("input", "select", "textarea", "button"):
        for value in _sent_by(element, press):
            sent.add(element.get("name"), value)
    return sent


def _sent_by(element: lxml.html.HtmlElement, press: str | None) -> list[str]:
    if element.tag == "button":
        return [element.get("value")] if press is not None and element.get("value") == press else []
    if element.tag == "select":
        return [o.get("value") for o in element.iter("option") if o.get("selected") is not None]
    if element.tag == "textarea":
        return [(element.text or "").removeprefix("\n")]
    kind = element.get("type")
    if kind == "file" or (kind in ("radio", "checkbox") and element.get("checked") is None):
        return []
    return [element.get("value", "")]
