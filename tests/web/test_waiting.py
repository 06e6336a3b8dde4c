"""What the page of a case says of its waits and of its past, in words, in both languages."""

import ast
import html
import json
import re
from uuid import UUID

import pytest

import engine
from engine import queries
from kernel import jobs
from kernel.i18n import use_locale
from kernel.uow import read_only, unit_of_work
from people import SYSTEM
from people.directory import of as chart_of
from tests.engine.drawing import (
    bundle,
    chain,
    compensate,
    element,
    end,
    process,
    start,
    undoing,
    user,
    user_undone_by,
)
from tests.product.fixtures import Product
from tests.rich_case import start_rich
from tests.small_cases import actor_in, at
from tests.tables import ROOT
from web import case_words
from web.history_sentences import SILENT, say

ADMIN, EXPERT = "platform.admin", "subscribers.expert"
SIGNAL = '<bpmn:signal id="S" name="holiday"/>'
MESSAGE = '<bpmn:message id="M" name="payment"/>'
TOPIC = '<ravand:connector type="external" topic="erp"/>'
ABOUT = '<ravand:correlation key="= no"/>'
ASK = "<bpmn:condition>= no = 2</bpmn:condition>"
CATCHES = {
    "signal": ('<bpmn:signalEventDefinition signalRef="S"/>', ""),
    "message": ('<bpmn:messageEventDefinition messageRef="M"/>', ABOUT),
    "condition": (f"<bpmn:conditionalEventDefinition>{ASK}</bpmn:conditionalEventDefinition>", ""),
}


def catch(kind: str) -> str:
    inside, ext = CATCHES[kind]
    return element("intermediateCatchEvent", "here", inside, ext)


WAITS = {
    "signal": (catch("signal"), "منتظر سیگنال", "for the signal"),
    "message": (catch("message"), "منتظر پیامی دربارهٔ", "for a message about"),
    "condition": (catch("condition"), "تا شرط آن برقرار شود", "until its condition holds"),
    "external": (
        element("serviceTask", "here", "", TOPIC),
        "منتظر است تا کارگزاری بیرونی",
        "waits for a worker outside",
    ),
    "adhoc": (
        element("adHocSubProcess", "here", user("visit"), '<ravand:adhoc start="none"/>'),
        "هر چه لازم باشد آغاز می‌شود: visit",
        "people start what is needed: visit",
    ),
}


def begin(*parts: str) -> UUID:
    with unit_of_work() as uow:
        engine.deploy(uow, bundle(process(*parts, head=SIGNAL + MESSAGE)), by=SYSTEM)
        engine.release(uow, "p", by=SYSTEM)
        return engine.start(uow, "p", variables={"no": 7}, by=at(uow, EXPERT)).id


def sentence(case: UUID, locale: str) -> str:
    """Why the case is where it is, without its mark-up."""
    with use_locale(locale), read_only() as session:
        view = queries.instance(session, actor_in(session, ADMIN), case)
        text = case_words.why(session, view, chart_of(session)).text
    return html.unescape(re.sub(r"<[^>]+>", "", text))


@pytest.mark.parametrize("kind", WAITS)
def test_every_wait_is_said_in_both_languages(product: Product, kind: str) -> None:
    waiting, fa, en = WAITS[kind]
    case = begin(start(), waiting, end(), chain("start", "here", "end"))

    assert fa in sentence(case, "fa")
    assert en in sentence(case, "en")


def test_a_worker_and_what_the_last_one_said_are_named(product: Product) -> None:
    case = begin(
        start(), element("serviceTask", "here", "", TOPIC), end(), chain("start", "here", "end")
    )
    with unit_of_work() as uow:
        [task] = engine.fetch_and_lock(uow, "erp", "w1", by=SYSTEM)
        engine.fail_external(uow, task.id, "w1", "printer is off", retries=1, by=SYSTEM)
        engine.fetch_and_lock(uow, "erp", "w2", by=SYSTEM)

    assert sentence(case, "en") == (
        "here is in the hands of the outside worker w2. The last worker said: printer is off"
    )


def test_compensation_by_people_lies_with_them(product: Product) -> None:
    case = begin(
        start(), element("task", "book") + undoing("book", "unbook") + user_undone_by("unbook"),
        element("intermediateThrowEvent", "back", compensate()), end(),
        chain("start", "book", "back", "end"),
    )  # fmt: skip

    page = product.visitor(ADMIN).get(f"/instances/{case}")

    assert "unbook" in sentence(case, "fa")
    assert "جبران" in page


@pytest.fixture
def rich(product: Product) -> UUID:
    """A case that waits for nearly everything."""
    return start_rich()


def test_the_drawing_counts_the_runs_and_shows_what_was_undone(
    product: Product, rich: UUID
) -> None:
    page = product.visitor(ADMIN).get(f"/instances/{rich}")
    found = re.search(r'data-states="([^"]*)"', page)
    assert found is not None
    marks = json.loads(html.unescape(found[1]))

    assert marks["visit"]["badge"] == "۲ از ۵"
    assert (marks["reserve"]["state"], marks["reserve"]["badge"]) == ("undone", "جبران شد")
    assert marks["lab"]["state"] == "current"


def test_work_of_a_repeated_step_is_told_apart(product: Product, rich: UUID) -> None:
    expert = product.visitor(EXPERT)
    inbox = expert.get("/inbox")
    for name in ("زهرا", "حسن", "نرگس"):
        assert name in inbox
    assert "مریم" not in inbox  # visited already


def test_the_history_tells_decisions_undoing_and_events(product: Product, rich: UUID) -> None:
    page = product.visitor(ADMIN).get(f"/instances/{rich}?tab=history")

    assert "نرخ مراقبت: ردیف ۱" in page
    assert "«آزاد کردن پرستار» کار انجام‌شده را جبران کرد" in page
    assert "تراکنش لغو شد و راه از «رزرو لغو شد» ادامه یافت" in page
    assert "پیامی به «شکایت رسید» رسید" in page


def test_an_incident_of_the_past_is_told_in_words(product: Product) -> None:
    case = begin(
        start(), element("serviceTask", "here", "", TOPIC), end(), chain("start", "here", "end")
    )
    with unit_of_work() as uow:
        [task] = engine.fetch_and_lock(uow, "erp", "w1", by=SYSTEM)
        engine.fail_external(uow, task.id, "w1", "paper jam", retries=0, by=SYSTEM)
    jobs.run_until_idle()

    page = product.visitor(ADMIN).get(f"/instances/{case}?tab=history")

    assert "کارگزار بیرونیِ موضوع «erp» کار را به انجام نرساند. paper jam" in page


def kinds_written() -> set[str]:
    """The kinds of history that the engine writes, as its source names them."""
    found = set()
    for path in (ROOT / "engine").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                place = {"history": 0, "happened": 1}.get(node.func.attr)
                if place is not None and len(node.args) > place:
                    kind = node.args[place]
                    if isinstance(kind, ast.Constant) and isinstance(kind.value, str):
                        found.add(kind.value)
    return found


@pytest.mark.parametrize("locale", ["fa", "en"])
def test_no_kind_of_history_shows_a_bare_name(locale: str) -> None:
    own = {"completed", "ended", "decided"}  # said by functions of their own
    kinds = kinds_written() - SILENT - own - {"event", "thrown"}
    assert "rewound" in kinds
    with use_locale(locale):
        for kind in kinds:
            said = say(kind, {}, None, step="X", process="P", version=1, is_called=False)
            assert said is not None, kind
            assert said.text != "X", kind
            assert said.mark != "dot", kind
