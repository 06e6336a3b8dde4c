"""Work that is to be taken up later stands in the inbox and says so."""

from engine import queries
from kernel import clock
from kernel.uow import read_only
from tests.engine.conftest import Play
from tests.engine.drawing import chain, end, process, start, user


def test_the_inbox_finds_work_for_later_until_its_day_has_come(play_both: Play) -> None:
    play = play_both
    later = user("t", '<ravand:deadline followUp="= if wait then &quot;P2D&quot; else null"/>')
    play.deploy(process(start(), later, end(), chain("start", "t", "end")))
    play.start(wait=False)
    waiting = play.start(wait=True)
    actor = play.actor("reception.clerk")

    def found(*, only_later: bool) -> list[object]:
        with read_only() as session:
            after = clock.now() if only_later else None
            rows = queries.inbox(session, actor, later_than=after)
            return [row.root_id for row in rows]

    before = found(only_later=True)
    play.move(days=7)

    assert before == [waiting]
    assert (len(found(only_later=False)), found(only_later=True)) == (2, [])
