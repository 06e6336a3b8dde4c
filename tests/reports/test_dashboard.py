"""The figures that managers look at first, on both databases."""

import pytest

from kernel.i18n import use_locale
from kernel.ids import new_id
from kernel.uow import read_only, unit_of_work
from notifiers.tables import Delivery, Notification
from people.errors import PermissionMissing
from reports.dashboard import dashboard
from tests.engine.test_idle import recorded


def look(actor):
    with read_only() as session:
        return dashboard(session, actor)


def test_open_and_overdue_work_is_counted_per_unit_step_and_process(archive):
    case = archive.instance()
    archive.item(case, hours=1)
    archive.item(case, hours=100)
    archive.item(case, hours=1, unit="finance")
    archive.clock.move(hours=2)

    seen = look(archive.manager)

    assert (seen.totals.open, seen.totals.overdue, seen.totals.running) == (3, 2, 1)
    assert [(u.key, u.open, u.overdue) for u in seen.units] == [
        ("reception", 2, 1),
        ("finance", 1, 1),
    ]
    assert [(s.element, s.name, s.open, s.overdue) for s in seen.steps] == [
        ("check", "بررسی", 3, 2)
    ]
    assert [(p.key, p.name, p.open) for p in seen.processes] == [("request", "درخواست خدمت", 3)]


def test_completed_work_is_counted_by_day_of_tehran_with_its_mean_time(archive):
    case = archive.instance()
    first, second = archive.item(case), archive.item(case)
    archive.clock.move(hours=2)
    archive.complete(first)
    archive.clock.move(hours=14)  # 01:00 of the next day in Tehran
    archive.complete(second)

    seen = look(archive.manager)

    assert [day.count for day in seen.days] == [0, 0, 0, 0, 0, 1, 1]
    assert seen.days[-1].day.isoformat() == "2026-11-23"
    assert seen.totals.completed == 2
    assert seen.totals.mean_hours == pytest.approx(9)
    assert [(h.element, h.count, h.mean_hours) for h in seen.handling] == [
        ("check", 2, pytest.approx(9))
    ]


def test_work_of_more_than_a_week_ago_is_not_counted(archive):
    archive.complete(archive.item(archive.instance()))
    archive.clock.move(days=7)
    seen = look(archive.manager)
    assert seen.totals.completed == 0
    assert seen.totals.mean_hours is None
    assert sum(day.count for day in seen.days) == 0


def test_incidents_and_failing_deliveries_are_grouped_by_cause(archive):
    case = archive.instance()
    archive.incident(case, "expression.divided-by-zero")
    archive.incident(case, "expression.divided-by-zero")
    _delivery("failed", "kavenegar.411", 1)
    _delivery("delivered", "", 2)

    seen = look(archive.manager)

    assert [(c.code, c.where, c.count) for c in seen.incidents] == [
        ("expression.divided-by-zero", "پرداخت", 2)
    ]
    assert [(c.code, c.where, c.count) for c in seen.deliveries] == [("kavenegar.411", "sms", 1)]
    assert (seen.totals.incidents, seen.totals.failing) == (2, 1)


def _delivery(state: str, code: str, localid: int) -> None:
    with unit_of_work() as uow:
        wish = Notification(
            id=new_id(), dedupe_key=str(localid), channel="sms", template="t", created_at=uow.now
        )
        uow.session.add(wish)
        uow.flush()
        uow.session.add(
            Delivery(
                notification_id=wish.id,
                channel="sms",
                template="t",
                address="+989121234567",
                lang="fa",
                state=state,
                code=code,
                localid=localid,
                created_at=uow.now,
            )
        )


def test_names_follow_the_reader(archive):
    archive.item(archive.instance())
    with use_locale("en"):
        seen = look(archive.manager)
    assert seen.steps[0].name == "Check"
    assert seen.processes[0].name == "Service request"


def test_without_the_permission_there_are_no_figures(archive):
    with pytest.raises(PermissionMissing):
        look(archive.clerk)


def test_an_empty_organisation_has_empty_figures(archive):
    seen = look(archive.manager)
    assert (seen.totals.open, seen.totals.overdue, seen.totals.running) == (0, 0, 0)
    assert seen.units == seen.steps == seen.incidents == []


def test_work_is_read_once_for_what_is_open_and_once_for_what_was_done(archive):
    with recorded() as said:
        look(archive.manager)
    assert len([one for one, _ in said if "FROM work_item" in one]) == 2
