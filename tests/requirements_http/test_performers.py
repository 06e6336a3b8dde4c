"""Who gets a step: a person, a role, a position, a manager, several, one picked by hand."""

from tests.engine.drawing import user
from tests.requirements import requirement
from tests.requirements_http.office import Office
from tests.requirements_http.shapes import asks, form, one_step, performer, steps

EVERYBODY = (
    *("n.karimi", "e.sharifi", "reception.clerk", "reception.head", "finance.head"),
    *("finance.accountant", "dispatch.expert", "management.ceo"),
)


def holders(office: Office, task: str = "work") -> set[str]:
    """Whose inbox shows the step."""
    return {who for who in EVERYBODY if office.sees(who, task)}


NAMED = [
    ({"person": "n.karimi"}, {"n.karimi"}),
    ({"position": "dispatch.expert"}, {"dispatch.expert"}),
    ({"unit": "finance"}, {"finance.head", "finance.accountant"}),
    ({"role": "manager"}, {"management.ceo"}),
    ({"managerOf": "initiator"}, {"reception.head"}),
    ({"managerOf": "= initiator.position"}, {"reception.head"}),
    ({"initiator": "true"}, {"reception.clerk"}),
    ({"expression": '= head_of("finance")'}, {"finance.head"}),
]


@requirement("A15", "C04")
def test_a_step_reaches_whom_it_names_and_nobody_else(office: Office) -> None:
    keys = [f"p{number}" for number in range(len(NAMED))]
    named = zip(NAMED, keys, strict=True)
    office.deploy(*(one_step(by=performer(**who), key=key) for (who, _), key in named))
    for (who, expected), key in zip(NAMED, keys, strict=True):
        office.begin("reception.clerk", key)
        assert holders(office) == expected, who
        office.do("work", sorted(expected)[0])
        assert office.case.status == "completed"


@requirement("A15")
def test_the_next_performer_is_picked_by_hand_at_the_step_before(office: Office) -> None:
    colleagues = {
        "type": "string",
        "title": "چه کسی پیگیری کند؟",
        "oneOf": [
            {"const": "n.karimi", "title": "نگار کریمی"},
            {"const": "e.sharifi", "title": "الهام شریفی"},
        ],
    }
    drawn = steps(
        user("choose", asks("choice")),
        user("work", performer=performer(expression="= person(colleague)")),
    )
    chosen = form("گزینش", {"colleague": colleagues}, required=("colleague",))
    office.deploy(drawn, **{"forms__choice.json": chosen})
    office.begin("reception.clerk", "p")

    office.do("choose", "reception.clerk", {"colleague": "e.sharifi"})

    assert holders(office) == {"e.sharifi"}


@requirement("B07", "A15")
def test_a_step_with_several_agents_stands_in_every_inbox_until_one_has_done_it(
    office: Office,
) -> None:
    agents = '= [position("dispatch.expert"), position("finance.accountant")]'
    office.deploy(one_step(by=performer(expression=agents)))
    office.begin("reception.clerk", "p")
    assert holders(office) == {"dispatch.expert", "finance.accountant"}

    office.do("work", "finance.accountant")

    assert holders(office) == set()
    assert office.case.status == "completed"


@requirement("B07")
def test_a_step_for_every_agent_waits_for_all_of_them(office: Office) -> None:
    agents = '= [position("dispatch.head"), position("finance.accountant")]'
    office.deploy(one_step(by=performer(expression=agents, mode="every")))
    office.begin("reception.clerk", "p")
    assert office.sees("dispatch.head", "work")
    assert office.sees("finance.accountant", "work")

    office.do("work", "finance.accountant")
    assert office.case.status == "running"
    assert not office.sees("finance.accountant", "work")
    office.do("work", "dispatch.head")

    assert office.case.status == "completed"


@requirement("C04")
def test_who_is_not_named_cannot_do_the_step_even_by_its_address(office: Office) -> None:
    office.deploy(one_step())
    office.begin("reception.clerk", "p")
    item = office.item("work")

    stranger = office.desk("dispatch.expert")
    answer = stranger.send(f"/items/{item.id}", {"revision": item.revision})

    assert answer.status_code == 404
    assert office.open_tasks() == ["work"]


@requirement("C04")
def test_the_steps_of_a_diagram_say_who_performs_them_before_any_run(office: Office) -> None:
    page = office.upload(one_step(by=performer(position="finance.accountant")))

    assert "حسابدار" in page
