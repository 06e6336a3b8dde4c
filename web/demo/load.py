"""Fill an empty database with the demo: people, models, and cases at every stage."""

import random
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import partial

from config import Config
from crm.tickets import TicketData
from kernel import clock, db
from kernel.clock import MovableClock
from kernel.types import JsonObject
from kernel.uow import read_only, unit_of_work
from notifiers.channels import set_up, use
from notifiers.receiving import receive_sms
from people import calendars
from people.chart import ZONE
from people.seed import seed_holidays
from people.worktime import WorkCalendar, subtract_worktime
from web.demo.bonuses import add_bonuses
from web.demo.bundles import load_bundles
from web.demo.haste import in_haste
from web.demo.journeys import Company, Journey
from web.demo.organisation import load_contacts, load_organisation, read
from web.demo.phones import DemoPhones
from web.demo.timeline import Timeline
from web.login_card import LoginCard

PAST = timedelta(days=70)
CHAPTER = timedelta(days=14)  # how often somebody who waits is told how far it came
SEED = 1405  # the same demo every time, but for passwords

Say = Callable[[str], None]


def _in_silence(_line: str) -> None:
    """Nobody waits for it."""


def load_demo(config: Config, say: Say = _in_silence) -> list[LoginCard]:
    """Make the demo in an empty, wired installation; the log-ins of its people.

    Args:
        say: is told now and then how far it came.
    """
    logins, _ = load_with_journeys(config, say)
    return logins


def load_with_journeys(
    config: Config, say: Say = _in_silence
) -> tuple[list[LoginCard], list[Journey]]:
    """`load_demo`, also handing out how each case went."""
    end = clock.now()
    own = MovableClock(end - PAST)
    before = clock.use(own)
    telephone = set_up("sms")
    use("sms", DemoPhones())
    try:
        with in_haste(db.database()):
            with unit_of_work() as uow:
                logins = load_organisation(uow, end)
                load_contacts(uow)
                load_bundles(uow)
            say("  people, contacts and processes are there; now their past")
            journeys = _live(own, end, say)
    finally:
        clock.use(before)
        use("sms", telephone)
    with unit_of_work() as uow:
        seed_holidays(uow)  # of the years as they are now
    return logins, journeys


def _live(own: MovableClock, end: datetime, say: Say) -> list[Journey]:
    rows = {row["key"]: row for row in read("contacts")}
    caregivers = [row for row in rows.values() if "caregiver" in row["roles"]]
    company = Company(caregivers, end)
    timeline = Timeline(own, end)
    with read_only() as session:
        calendar = calendars.default(session)
    words = read("answers")
    journeys = []
    for number, plan in enumerate(read("journeys")):
        journey = _journey(plan, rows, words, SEED + number)
        journeys.append(journey)
        timeline.add(starts(plan, end, calendar), partial(company.go_on, journey))
    timeline.add(subtract_worktime(end, 50, calendar), _stranger_writes)
    add_bonuses(timeline, calendar)
    timeline.add(own.now() + CHAPTER, partial(_tell, say, own.now()))
    timeline.run()
    return journeys


def _tell(say: Say, begin: datetime, now: datetime) -> datetime:
    say(f"  day {(now - begin).days} of {PAST.days}")
    return now + CHAPTER


def _stranger_writes(_now: datetime) -> None:
    """A text that no case waits for: a clerk gets it as a ticket."""
    with unit_of_work() as uow:
        receive_sms(uow, "demo-in-stranger", "+989351234321", "", "سلام، هزینهٔ پرستار شبانه؟")


def starts(plan: JsonObject, end: datetime, calendar: WorkCalendar) -> datetime:
    """When the call comes: on the plan's day and hour, or as long ago as the case takes.

    `lead` are the working minutes until its last step opens, `waits` those since then. A
    moment that has not come yet becomes a quarter of an hour ago.
    """
    if "lead" in plan:
        return subtract_worktime(end, plan["lead"] + plan["waits"], calendar)
    day = end.astimezone(ZONE).date() - timedelta(days=plan["days_ago"])
    at = datetime.combine(day, time.fromisoformat(plan["at"]), ZONE)
    return min(at, end - timedelta(minutes=15))


def _journey(
    plan: JsonObject,
    rows: Mapping[str, JsonObject],
    words: JsonObject,
    seed: int,
) -> Journey:
    persona = _persona(plan, rows)
    ticket = TicketData(
        channel=plan["channel"],
        caller_name=persona["name"],
        mobile=persona["mobile"],
        subject=plan["subject"],
        text=plan["text"],
        city=persona["city"],
        area=persona["area"],
        relation=persona["relation"],
    )
    return Journey(
        ticket=ticket,
        chance=random.Random(seed),  # noqa: S311 not a secret
        persona=persona,
        words=words["fields"] | plan.get("fields", {}),
        until=plan["until"],
        choose=words["outcomes"] | plan.get("choose", {}),
        reason=plan.get("reason") or words["reason"],
        late=frozenset(plan.get("late", ())),
        cancel=plan.get("cancel"),
        ignored=frozenset(plan.get("ignored", ())),
        lives_on=plan.get("lives_on", False),
        replies=plan.get("replies", {}),
    )


def _persona(plan: JsonObject, rows: Mapping[str, JsonObject]) -> JsonObject:
    """The caller and the patient, from their files or from the plan."""
    caller = rows[plan["contact"]] if plan["contact"] else plan["caller"]
    patient = next(
        (row for row in rows.values() if row.get("related_to") == caller.get("key", "")), {}
    )
    phones = caller.get("phones") or [caller.get("mobile", "")]
    return {
        "name": caller["name"],
        "mobile": phones[0],
        "melli_code": caller.get("melli_code", ""),
        "city": caller.get("city", "تهران"),
        "area": caller.get("area", ""),
        "address": caller.get("address", "خیابان بهار، پلاک ۱۲"),
        "postal_code": caller.get("postal_code", ""),
        "relation": plan.get("relation") or patient.get("relation") or "child",
        "patient_same": not patient,
        "patient_name": patient.get("name", ""),
        "patient_gender": patient.get("gender") or caller.get("gender", "female"),
        "patient_birth_date": patient.get("birth_date", ""),
    }
