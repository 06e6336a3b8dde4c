"""Lists of pages as sheets: everything that fits, as the reader sees it."""

from dataclasses import replace

import pytest

from engine.tables import InboxEntry, WorkItem
from kernel.uow import read_only, unit_of_work
from people.errors import PermissionMissing
from reports.exporters import export
from reports.figures import handling_sheet, load_sheet
from reports.lists import inbox_sheet, instances_sheet


def lay(item_id, principal):
    """The item lies at this address."""
    with unit_of_work() as uow:
        due = uow.session.get_one(WorkItem, item_id).due_at
        uow.session.add(InboxEntry(principal=principal, due=due, item_id=item_id))


def made(sheet_of, actor, **filters):
    with read_only() as session:
        return sheet_of(session, actor, **filters)


def may_export(actor):
    return replace(actor, permissions=actor.permissions | {"report.export"})


def test_an_inbox_becomes_a_sheet(archive):
    for hours in (5, 1):
        lay(archive.item(archive.instance(), hours=hours), "position:reception.clerk")
    sheet = made(inbox_sheet, may_export(archive.clerk))
    assert len(sheet.rows) == 2
    assert sheet.rows[0]["due"] < sheet.rows[1]["due"]
    assert sheet.rows[0]["work"] == "بررسی"
    assert sheet.rows[0]["process"] == "درخواست خدمت"


def test_all_pages_of_a_long_list_are_in_the_sheet(archive, monkeypatch):
    monkeypatch.setattr("reports.lists._PAGE", 2)
    for _ in range(5):
        lay(archive.item(archive.instance()), "unit:reception")
        archive.clock.move(minutes=1)
    assert len(made(inbox_sheet, may_export(archive.clerk)).rows) == 5
    numbers = [row["number"] for row in made(instances_sheet, archive.manager).rows]
    assert numbers == [f"1405/000{n}" for n in (5, 4, 3, 2, 1)]


def test_instances_say_where_they_stand(archive):
    case = archive.instance()
    archive.item(case)
    ended = archive.instance()
    archive.end(ended)
    sheet = made(instances_sheet, archive.manager, status="running")
    [row] = sheet.rows
    assert row["where"] == ["بررسی"]
    assert row["unit"] == ["Reception"]
    assert row["state"] == "در جریان"
    assert export("pdf", sheet).content.startswith(b"%PDF-")
    assert export("xlsx", sheet).content.startswith(b"PK")


def test_the_dashboards_tables_can_be_taken_away(archive):
    case = archive.instance()
    archive.item(case)
    archive.complete(archive.item(case))
    assert [row["open"] for row in made(load_sheet, archive.manager).rows] == [1]
    assert [row["count"] for row in made(handling_sheet, archive.manager).rows] == [1]


@pytest.mark.parametrize("sheet_of", [inbox_sheet, instances_sheet, load_sheet, handling_sheet])
def test_taking_lists_away_needs_its_permission(archive, sheet_of):
    with pytest.raises(PermissionMissing):
        made(sheet_of, archive.clerk)
