"""What several dialects say about a person's work, written in our words: who, until when, which
form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from engine.bpmn.dialects import texts
from engine.bpmn.dialects.fields import Sketch
from engine.bpmn.dialects.sheet import Sheet
from kernel.expressions import is_expression
from kernel.types import JsonObject

MAX_FORMS: Final = 300  # made from one file
USUAL_PRIORITY: Final = 50  # of Camunda and Flowable; above it work is urgent
_DURATION: Final = re.compile(r"P[0-9A-Z.]+")
_UNFIT: Final = re.compile(r"[^\w.-]+")


def performer(sheet: Sheet, assignee: str, users: str, groups: str) -> None:
    """An assignee alone, else the candidates; groups are roles, units or positions by key."""
    if not (assignee or users or groups):
        return
    if sheet.own("performer"):
        sheet.name("assignee", assignee or users or groups, "own")
        return
    if assignee:
        for word, value in (("candidateUsers", users), ("candidateGroups", groups)):
            if value:
                sheet.name(word, value, "assignee")
        users, groups = "", ""
        if texts.variable_of(assignee) in sheet.desk.initiators:
            sheet.add("performer", initiator="true")
            return
    asked = [("person", one) for one in [assignee] if one]
    asked += [("person", one) for one in texts.listed(users)]
    asked += [("group", one) for one in texts.listed(groups)]
    if len(asked) == 1 and asked[0][0] == "person" and not is_expression(asked[0][1]):
        sheet.add("performer", person=asked[0][1])
    elif asked:
        sheet.add("performer", expression=addresses(asked))


def addresses(asked: list[tuple[str, str]]) -> str:
    """An expression that gives the addresses of names and expressions of persons and groups."""
    feel = all(not is_expression(one) or one.lstrip()[0] == "=" for _, one in asked)
    calls = [f"{kind}({_inner(one)})" for kind, one in asked]
    body = calls[0] if len(calls) == 1 else f"[{', '.join(calls)}]"
    return f"= {body}" if feel else f"${{{body}}}"


def _inner(name: str) -> str:
    if not is_expression(name):
        name = texts.juel(name) if "{" in name else name
    if not is_expression(name):
        return texts.quoted(name)
    return texts.feel_inner(name) if name.lstrip()[0] == "=" else texts.inner(name)


def deadline(sheet: Sheet, due: str, follow_up: str, priority: str) -> None:
    """A time limit and a follow-up date on the wall clock, without reminders, and a priority."""
    urgency = _urgency(sheet, priority)
    if not (due or follow_up or urgency):
        return
    if sheet.own("deadline"):
        sheet.name("dueDate", due or follow_up or priority, "own")
        return
    sheet.add(
        "deadline",
        duration=moment(due),
        followUp=moment(follow_up),
        clock="wall" if due or follow_up else "",
        reminders="none" if due else "",
        priority=urgency,
    )


def _urgency(sheet: Sheet, priority: str) -> str:
    """A number above 50 is urgent; an expression is asked when the work opens."""
    if is_expression(priority):
        return texts.juel(priority) if "{" in priority else priority
    if priority and not priority.isdecimal():
        sheet.name("priority", priority, "number")
    urgent = priority.isdecimal() and int(priority[:9]) > USUAL_PRIORITY
    return "urgent" if urgent else ""


def moment(text: str) -> str:
    """A due date: an expression or a duration stays, an instant becomes an expression."""
    if not text:
        return ""
    found = texts.juel(text) if "{" in text else text
    if is_expression(found) or _DURATION.fullmatch(found):
        return found
    return f"= {texts.quoted(found)}"


def generated(sheet: Sheet, name: str, sketch: Callable[[], Sketch]) -> None:
    """Keep a form made from the diagram and show it at this step."""
    key = _UNFIT.sub("_", f"{sheet.process}.{name}")
    sheet.add("form", key=key)
    if key not in sheet.desk.forms:
        keep(sheet, sketch(), key)


def keep(sheet: Sheet, sketch: Sketch, key: str) -> None:
    """Keep a form that was made, and say what of it could not be read."""
    if len(sheet.desk.forms) >= MAX_FORMS:
        sheet.report("bundle.too-many-files", limit=MAX_FORMS)
        return
    made: JsonObject = sketch.form()
    sheet.desk.forms[key] = made
    for what, value in sketch.notes:
        sheet.name(what, value, "form")
    for field, kind in sketch.refused:
        sheet.report("dialect.form-field", form=key, field=field or "?", type=kind)
