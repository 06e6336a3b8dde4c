"""A running case forgets a name, in packed tokens and snapshots too, and goes on as before."""

from uuid import UUID

from engine.personal import facts_of, place
from engine.snapshots import variables_of
from engine.verifying import verify
from kernel.personal import ERASED, Depth, Identity, Subject, apply, changes
from kernel.uow import read_only, unit_of_work
from tests.engine.conftest import Play
from tests.engine.test_large import MANY, deploy, parts
from tests.engine.test_rewind import back, snapshots, three_steps
from tests.personal.looking import in_columns

NAME, MOBILE = "پرنیان کاوه‌نژاد", "+989127654321"
CANARIES = [NAME, "9127654321"]


def forget(root: UUID, depth: Depth = Depth.NAMED) -> int:
    """Take the person out of a case; how many rows changed."""
    known = Identity(names=frozenset({NAME}), numbers=frozenset({MOBILE}))
    with unit_of_work() as uow:
        subject = Subject(own=known, sure=known)
        for case in facts_of(uow.session, [root], lock=True):
            place(uow.session, subject, case, depth)
        return sum(apply(uow, changes(uow.session, subject, lock=True)).values())


def everything_agrees() -> bool:
    with read_only() as session:
        return not list(verify(session))


def test_a_large_activity_forgets_the_name_in_every_body_and_all_are_done(play_both: Play) -> None:
    play = play_both
    deploy(play)
    people = [{"who": f"{n} {NAME}", "mobile": "0912 765 4321", "n": n} for n in range(MANY)]
    root = play.start(people=people)
    assert any(one.startswith("instance_part.data") for one in in_columns(CANARIES))

    assert forget(root)

    assert in_columns([*CANARIES, "0912 765"]) == []
    assert parts(root) == 3
    assert everything_agrees()
    for item in play.items(root):
        play.complete_item(item)
    assert play.instance(root).status == "completed"
    assert forget(root) == 0


def test_a_snapshot_forgets_the_name_and_the_case_goes_back_to_it(play_both: Play) -> None:
    play = play_both
    play.deploy(three_steps())
    long = f"{NAME} " * 200  # long enough to be packed
    root = play.start(n=1, long=long, mobile=MOBILE)
    play.complete(root, "a", outcome="yes")
    assert NAME in variables_of(snapshots(root)[0])["long"]

    forget(root)

    assert in_columns(CANARIES) == []
    back(play, root, "a")
    assert play.open(root) == ["a"]
    assert play.instance(root).variables == {
        "n": 1,
        "long": long.replace(NAME, ERASED),
        "mobile": ERASED,
    }
    assert everything_agrees()


def test_who_is_named_in_the_case_of_another_is_found_without_being_told_where(play: Play) -> None:
    deploy(play)
    root = play.start(people=[{"who": NAME}] * MANY, other="stays")
    known = Identity(names=frozenset({NAME}))
    with unit_of_work() as uow:
        apply(uow, changes(uow.session, Subject(own=known, sure=known), lock=True))

    assert in_columns(CANARIES) == []
    assert play.instance(root).variables["other"] == "stays"
    assert everything_agrees()
    assert len(play.items(root)) == MANY
