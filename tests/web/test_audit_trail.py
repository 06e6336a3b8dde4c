"""Whatever changes something leaves a line: in the audit log, or in its own history."""

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from uuid import UUID

import pytest
from sqlalchemy import select, update

import engine
import notifiers
from crm import contacts, erasing, exporting, tickets
from engine.tables import WorkItem
from kernel import jobs
from kernel.audit import ACTS, AuditEntry, acts
from kernel.audit.checking import check
from kernel.job_table import FAILED, Job
from kernel.types import JsonObject
from kernel.uow import read_only, unit_of_work
from notifiers.tables import ChannelState, Delivery
from people import SYSTEM, calendar_edit, edit
from people.actors import actor_for
from people.queries import person_by_username
from tests.product.fixtures import Product
from tests.product.organisation import holder_of
from tests.product.visitor import Visitor
from tests.small_cases import release_daily_cost, second_version, stop_one
from tests.web.test_security import rules

ADMIN, CLERK = "platform.admin", "reception.clerk"

# Where a change is told that the audit log does not tell.
HISTORY = "in the history of the case"
FILE = "in the file of the contact or the ticket"
OWN = "a person's own looks and drafts; nothing that others see"
NOTHING = "stores nothing that lasts"
OUTSIDE = "the provider's call, kept as an incoming text or a receipt"

# What each route that changes something leaves behind: names of acts, or one of the above.
ROUTES: dict[str, str | tuple[str, ...]] = {
    "auth.login": ("session.opened", "session.refused"),
    "auth.logout": ("session.closed",),
    "auth.logout_everywhere": ("session.closed-everywhere",),
    "auth.act_as": ("session.position",),
    "auth.language": OWN,
    "prefs.theme": OWN,
    "prefs.keys": OWN,
    "live.read_notices": OWN,
    "people.add": ("person.added", "person.password", "position.given", "role.given"),
    "people.hold": ("position.given", "position.taken"),
    "people.change_role": ("role.given", "role.taken"),
    "people.set_active": ("person.activated", "person.deactivated"),
    "people.reset_password": ("person.password",),
    "calendar.hours": ("calendar.hours",),
    "calendar.close_day": ("calendar.closed",),
    "calendar.open_day": ("calendar.opened",),
    "definitions.check": NOTHING,
    "definitions.answer": NOTHING,
    "definitions.deploy": ("definition.deployed",),
    "definitions.release": ("definition.released",),
    "definitions.retire": ("definition.retired",),
    "instances.cancel": ("instance.cancelled",),
    "instances.back": ("instance.rewound",),
    "instances.tell": ("instance.told",),
    "instances.take_offer": ("offer.taken",),
    "instances.finish_offers": ("offer.finished",),
    "instances.skip": ("incident.skipped",),
    "instances.retry": ("incident.retried",),
    "moving.move": ("instance.moved",),
    "incidents.retry_job": ("job.retried",),
    "incidents.skip_job": ("job.skipped",),
    "incidents.try_connector": ("connector.tried",),
    "deliveries.retry": ("delivery.retried",),
    "deliveries.arrived": ("delivery.confirmed",),
    "deliveries.set_policy": ("message-policy.set",),
    "deliveries.resume": ("channel.resumed",),
    "hold.release": ("hold.ended",),
    "items.submit": HISTORY,
    "items.redraw": NOTHING,
    "items.draft": OWN,
    "items.claim": HISTORY,
    "items.unclaim": ("work.taken-back",),
    "start.begin": HISTORY,
    "start.redraw": NOTHING,
    "tickets.create": FILE,
    "contacts.create": FILE,
    "contact_data.erase": ("contact.erased",),
    "contacts.note": FILE,
    "sms.receive": OUTSIDE,
    "sms.status": OUTSIDE,
}

# The same for the verbs, which the terminal and jobs call as well.
VERBS: dict[str, str | tuple[str, ...]] = {
    "engine.cancel": ("instance.cancelled",),
    "engine.rewind": ("instance.rewound",),
    "engine.migrate": ("instance.moved",),
    "engine.migrate_all": ("definition.moved",),
    "engine.retry_incident": ("incident.retried",),
    "engine.skip_incident": ("incident.skipped",),
    "engine.deploy": ("definition.deployed",),
    "engine.release": ("definition.released",),
    "engine.retire": ("definition.retired",),
    "engine.start_activity": ("offer.taken",),
    "engine.finish_adhoc": ("offer.finished",),
    "engine.unclaim": ("work.taken-back",),
    "notifiers.mark_read": OWN,
    "erasing.erase_contact": ("contact.erased",),
    "exporting.export_contact": ("contact.exported",),
    "contacts.add_contact": FILE,
    "contacts.change_contact": FILE,
    "contacts.relate": FILE,
    "contacts.log": FILE,
    "contacts.set_opt_out": FILE,
    "tickets.open_ticket": FILE,
    "tickets.update_ticket": FILE,
    "engine.claim": HISTORY,
    "engine.complete": HISTORY,
    "engine.start": HISTORY,
    "engine.correlate": HISTORY,
    "engine.broadcast": HISTORY,
    "engine.evaluate_conditions": HISTORY,
    "engine.fetch_and_lock": NOTHING,
    "engine.extend_lock": NOTHING,
    "engine.unlock": NOTHING,
    "engine.complete_external": HISTORY,
    "engine.fail_external": HISTORY,
    "engine.bpmn_error_external": HISTORY,
    "notifiers.retry_delivery": ("delivery.retried",),
    "notifiers.confirm_arrival": ("delivery.confirmed",),
    "notifiers.decide_for_text": ("message-policy.set",),
    "notifiers.resume_channel": ("channel.resumed",),
    "edit.name_organisation": ("organisation.named",),
    "edit.add_person": ("person.added",),
    "edit.change_person": ("person.changed",),
    "edit.choose_looks": OWN,
    "edit.deactivate": ("person.deactivated",),
    "edit.activate": ("person.activated",),
    "edit.add_unit": ("unit.added",),
    "edit.add_position": ("position.added",),
    "edit.set_manager": ("position.moved",),
    "edit.hold_position": ("position.given",),
    "edit.release_position": ("position.taken",),
    "edit.grant_role": ("role.given",),
    "edit.withdraw_role": ("role.taken",),
    "calendar_edit.add_calendar": ("calendar.added",),
    "calendar_edit.set_hours": ("calendar.hours",),
    "calendar_edit.add_holiday": ("calendar.closed",),
    "calendar_edit.remove_holiday": ("calendar.opened",),
}


# Done by the terminal, or by pages that change nothing.
ELSEWHERE = (
    "access.denied",
    "audit.key-adopted",
    "installation.copied",
    "installation.restored",
    "instance.started",
    "list.exported",
)


def verbs(*modules: ModuleType) -> Iterator[tuple[str, Callable[..., object]]]:
    """Public functions of these modules that somebody does: they take `by`."""
    for module in modules:
        for name, one in vars(module).items():
            if name.startswith("_") or not inspect.isfunction(one):
                continue
            if {"uow", "by"} <= inspect.signature(one).parameters.keys():
                yield f"{module.__name__.rpartition('.')[2]}.{name}", one


def test_every_route_that_changes_something_says_where_that_is_told(product: Product) -> None:
    assert {rule.endpoint for rule in rules(product.app, "POST")} == set(ROUTES)


def test_every_verb_says_where_it_is_told_and_its_module_records_that() -> None:
    found = dict(
        verbs(engine, notifiers, edit, calendar_edit, contacts, tickets, erasing, exporting)
    )
    assert found.keys() == VERBS.keys()
    for name, verb in found.items():
        source = inspect.getsource(sys.modules[verb.__module__])
        recorded = {vars(acts)[one].name for one in re.findall(r"acts\.([A-Z_]+)", source)}
        told = VERBS[name]
        assert not isinstance(told, tuple) or set(told) <= recorded, name


def test_every_act_is_done_somewhere() -> None:
    every = [*ROUTES.values(), *VERBS.values(), ELSEWHERE]
    assert {name for told in every if isinstance(told, tuple) for name in told} == set(ACTS)


@dataclass
class Told:
    """What the audit log was told since the last look."""

    seen: int = 0

    def __call__(self) -> list[tuple[str, str, JsonObject]]:
        """Act, subject and what was noted, in the order in which it was done."""
        return [(row.act, row.subject_id, row.detail) for row in self.rows()]

    def rows(self) -> list[AuditEntry]:
        """The same as whole rows."""
        query = select(AuditEntry).where(AuditEntry.number > self.seen)
        with read_only() as session:
            rows = list(session.scalars(query.order_by(AuditEntry.number)))
        self.seen = rows[-1].number if rows else self.seen
        return rows

    def acts(self) -> list[str]:
        """Only what was done."""
        return [row.act for row in self.rows()]


@pytest.fixture
def told(product: Product) -> Told:
    """Begins with what the making of the installation left."""
    one = Told()
    one()
    return one


def person(username: str) -> UUID:
    with read_only() as session:
        found = person_by_username(session, username)
    assert found is not None
    return found.id


def test_log_ins_and_log_outs_are_told_with_the_way_they_came(product: Product, told: Told) -> None:
    admin, key = product.visitor(ADMIN), str(person(holder_of(ADMIN)))
    [row] = told.rows()
    assert (row.act, row.subject_id, str(row.person_id)) == ("session.opened", key, key)
    assert (row.position, row.via, row.network) == (ADMIN, "web", "here")
    assert len(row.request_id) == 12

    admin.get("/")
    admin.post("/act-as", {"position": ADMIN})
    admin.post("/logout")
    product.visitor(ADMIN).post("/logout-everywhere")

    assert told.acts() == [
        "session.position",
        "session.closed",
        "session.opened",
        "session.closed-everywhere",
    ]


def test_refused_log_ins_are_told_without_what_was_typed(product: Product, told: Told) -> None:
    visitor = Visitor(product.app)
    visitor.get("/login")
    for username in (holder_of(CLERK), "my-password-by-mistake"):
        visitor.post("/login", {"username": username, "password": "wrong" * 3}, status=422)

    key = str(person(holder_of(CLERK)))
    assert told() == [("session.refused", key, {}), ("session.refused", "", {})]


def test_what_is_denied_is_told_once_a_minute(product: Product, told: Told) -> None:
    clerk = product.visitor(CLERK)
    told()

    for _time in range(3):
        clerk.get("/calendar/", status=403)

    noted = {"error": "people.permission-missing", "permission": "calendar.edit"}
    assert told() == [("access.denied", "calendar.index", noted)]


def test_people_and_what_they_may_do(product: Product, told: Told) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/people/new")
    told()

    typed = {"name": "سارا نیکو", "username": "s.nikoo", "mobile": "09125550199"}
    admin.post("/people/new", {**typed, "position": CLERK, "role": "staff"})
    sara = person("s.nikoo")
    said = told()
    assert [act for act, *_rest in said] == [*ROUTES["people.add"]]
    assert "نیکو" not in str(said)
    assert "5550199" not in str(said)

    admin.post(f"/people/{sara}/positions", {"position": CLERK, "act": "release"})
    admin.post(f"/people/{sara}/positions", {"position": CLERK})
    admin.post(f"/people/{sara}/roles", {"role": "manager"})
    admin.post(f"/people/{sara}/roles", {"role": "manager", "act": "withdraw"})
    admin.post(f"/people/{sara}/active", {"act": "deactivate"})
    admin.post(f"/people/{sara}/active", {"act": "activate"})
    admin.post(f"/people/{sara}/password")
    assert told() == [
        ("position.taken", str(sara), {"position": CLERK}),
        ("position.given", str(sara), {"position": CLERK}),
        ("role.given", "manager", {"person": str(sara)}),
        ("role.taken", "manager", {"person": str(sara)}),
        ("person.deactivated", str(sara), {}),
        ("person.activated", str(sara), {}),
        ("person.password", str(sara), {}),
    ]


def test_the_chart_and_the_organisation(product: Product, told: Told) -> None:
    with unit_of_work() as uow:
        edit.name_organisation(uow, "روند", by=SYSTEM)
        edit.add_unit(uow, "night", "شب", by=SYSTEM)
        edit.add_position(uow, "night.head", "سرپرست شب", unit="night", by=SYSTEM)
        uow.session.flush()
        edit.set_manager(uow, "night.head", ADMIN, by=SYSTEM)
        edit.change_person(uow, person(holder_of(CLERK)), email="a@b.example", by=SYSTEM)

    assert told() == [
        ("organisation.named", "", {}),
        ("unit.added", "night", {}),
        ("position.added", "night.head", {"unit": "night"}),
        ("position.moved", "night.head", {"manager": ADMIN}),
        ("person.changed", str(person(holder_of(CLERK))), {"fields": ["email"]}),
    ]


def test_the_calendar(product: Product, told: Told) -> None:
    admin = product.visitor(ADMIN)
    admin.get("/calendar/")
    told()

    admin.post("/calendar/hours", {"day_5": "08:00-16:00", "day_hours": "8"})
    admin.post("/calendar/holidays", {"day": "1405/10/01", "name": "برف"})
    admin.post("/calendar/holidays/1405-10-01/open")

    day = {"day": "2026-12-22"}
    assert told() == [
        ("calendar.hours", "office", {}),
        ("calendar.closed", "office", day),
        ("calendar.opened", "office", day),
    ]


def test_processes_and_their_versions(product: Product, told: Told) -> None:
    with unit_of_work() as uow:
        release_daily_cost(uow)
    second_version()
    admin = product.visitor(ADMIN)
    admin.get("/processes/daily_cost/2")
    admin.post("/processes/daily_cost/2/retire")
    with unit_of_work() as uow:
        engine.migrate_all(uow, "daily_cost", 1, 2, by=SYSTEM)

    said = [(act, key, noted.get("version")) for act, key, noted in told()]
    assert [one for one in said if one[0] != "session.opened"] == [
        ("definition.deployed", "daily_cost", 1),
        ("definition.released", "daily_cost", 1),
        ("definition.deployed", "daily_cost", 2),
        ("definition.retired", "daily_cost", 2),
        ("definition.moved", "daily_cost", None),
    ]


@pytest.fixture
def case(product: Product) -> UUID:
    """A running case of a process of its own, after its first step."""
    with unit_of_work() as uow:
        release_daily_cost(uow)
    return stop_one(days=3)


def test_what_operators_do_to_a_case(product: Product, case: UUID, told: Told) -> None:
    admin = product.visitor(ADMIN)
    second_version()
    page = admin.get(f"/instances/{case}?tab=history")
    back = re.search(r'action="(/instances/[0-9a-f-]+/back/[0-9a-f-]+)"', page)
    assert back is not None
    told()

    admin.post(back[1], {"reason": "مبلغ نادرست بود"})
    admin.post(f"/instances/{case}/version", {"version": "2"})
    admin.post(f"/instances/{case}/cancel", {"reason": "آزمایش"})

    said = told()
    assert [(act, key) for act, key, _noted in said] == [
        ("instance.rewound", str(case)),
        ("instance.moved", str(case)),
        ("instance.cancelled", str(case)),
    ]
    assert said[1][2] == {"from": 1, "to": 2}
    assert "مبلغ" not in str(said)


def test_a_mended_incident_tells_which_values_were_changed_and_not_to_what(
    product: Product, told: Told
) -> None:
    with unit_of_work() as uow:
        release_daily_cost(uow)
    stopped = stop_one()
    admin = product.visitor(ADMIN)
    page = admin.get(f"/instances/{stopped}")
    address = re.search(r'action="(/instances/[^"]+/retry)"', page)
    assert address is not None
    told()

    admin.post(address[1], {"value.days": "3", "value.total": "987654"})

    [(act, key, noted)] = told()
    assert (act, key) == ("incident.retried", str(stopped))
    assert noted["variables"] == ["days", "total"]
    assert "987654" not in str(noted)


def test_work_taken_from_its_holder(product: Product, case: UUID, told: Told) -> None:
    with read_only() as session:
        item = session.scalar(select(WorkItem.id).where(WorkItem.instance_id == case))
    with unit_of_work() as uow:
        holder = person(holder_of(CLERK))
        values = {"status": "claimed", "assignee_id": holder, "assignee": "x"}
        uow.session.execute(update(WorkItem).where(WorkItem.instance_id == case).values(**values))
    with unit_of_work() as uow:
        engine.unclaim(uow, item, by=actor_for(uow.session, person(holder_of(ADMIN))))

    assert told() == [("work.taken-back", str(item), {"holder": str(holder)})]


def test_jobs_messages_and_channels(product: Product, case: UUID, told: Told) -> None:
    jobs.run_until_idle()
    with unit_of_work() as uow:
        ids = [uow.jobs.add("engine.correlate", {}) for _ in range(2)]
    with unit_of_work() as uow:
        uow.session.execute(update(Job).values(state=FAILED))
        uow.session.execute(update(Delivery).values(state="failed", code="411", settled=True))
        uow.session.merge(ChannelState(channel="sms", parked=True, code="x", changed_at=uow.now))
        delivery = uow.session.scalars(select(Delivery.id).where(Delivery.channel == "sms")).one()
    admin = product.visitor(ADMIN)
    admin.get("/incidents/")
    told()

    admin.post(f"/incidents/jobs/{ids[0]}/retry")
    admin.post(f"/incidents/jobs/{ids[1]}/skip")
    admin.post(f"/deliveries/{delivery}/retry")
    admin.post("/deliveries/channels/sms/resume")

    assert told() == [
        ("job.retried", str(ids[0]), {"kind": "engine.correlate"}),
        ("job.skipped", str(ids[1]), {"kind": "engine.correlate"}),
        ("delivery.retried", str(delivery), {"channel": "sms"}),
        ("channel.resumed", "sms", {"count": 0}),
    ]


def test_lists_that_leave_as_files(product: Product, told: Told) -> None:
    admin = product.visitor(ADMIN)
    told()

    assert admin.client.get("/reports/load.xlsx.file").status_code == 200

    assert told() == [("list.exported", "reports.sheet", {"kind": "xlsx"})]


def test_everything_so_far_is_one_sound_chain(product: Product, told: Told) -> None:
    product.visitor(ADMIN)
    with read_only() as session:
        checked = check(session.connection())

    assert checked.broken is None
    assert checked.head.number > 50  # the making of the organisation is in it
