"""One inbox for every kind of work."""

from tests.engine.drawing import element, user
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import limit, performer, steps

CLERK = performer(position="reception.clerk")


def listed(office: Office, query: str = "") -> str:
    """The list pane of the clerk's inbox."""
    page = office.desk("reception.clerk").get("/inbox" + query)
    return page.split('data-list="inbox"', 1)[1].split("</section>", 1)[0]


@requirement("A05")
def test_steps_simple_tasks_and_reminders_stand_in_one_list_that_kinds_filter(
    office: Office,
) -> None:
    plan = limit("PT4H", "75%>assignee@inbox")
    simple = element("manualTask", "phone_call", "", CLERK)
    office.deploy(steps(user("record", plan), key="flow"), steps(simple, key="simple"))
    office.begin("reception.clerk", "flow")
    step = office.item("record")
    office.begin("reception.clerk", "simple")
    task = office.item("phone_call")
    office.wait("PT3H1M")

    every = listed(office)
    assert f"/items/{step.id}" in every
    assert f"/items/{task.id}" in every
    assert "مهلت «record» نزدیک است" in every

    work = listed(office, "?kind=step")
    assert "phone_call" in work
    assert "نزدیک است" not in work

    reminders = listed(office, "?kind=reminder")
    assert "مهلت «record» نزدیک است" in reminders
    assert f"/items/{task.id}" not in reminders


@requirement("A05")
def test_the_list_is_narrowed_to_a_process_and_to_what_is_late(office: Office) -> None:
    office.deploy(
        steps(user("soon", limit("PT1H")), key="quick"),
        steps(user("later", limit("P5D")), key="slow"),
    )
    office.begin("reception.clerk", "quick")
    office.begin("reception.clerk", "slow")
    office.wait("PT2H")

    late, slow = listed(office, "?due=late"), listed(office, "?process=slow")

    assert "soon" in late
    assert "later" not in late
    assert "later" in slow
    assert ">soon" not in slow


def test_work_for_later_says_from_when_in_the_list_and_on_its_own_page(office: Office) -> None:
    late = '<ravand:deadline followUp="P2D" clock="wall"/>'
    office.deploy(steps(user("record", late), key="flow"))
    office.begin("reception.clerk", "flow")
    item = office.item("record")

    page = office.desk("reception.clerk").get(f"/items/{item.id}")
    assert "پیگیری از" in page
    assert "due=later" in office.desk("reception.clerk").get("/inbox")
    assert "record" in listed(office, "?due=later")

    office.wait("P3D")
    assert "due=later" not in office.desk("reception.clerk").get("/inbox")
    assert "record" not in listed(office, "?due=later")
