"""Open pages of one process hear what happened in another, through a real Redis."""

import queue

from kernel import live
from kernel.live_redis import Relay


def test_an_event_of_another_process_reaches_this_ones_pages_once(redis_url: str):
    here, elsewhere = Relay(redis_url), Relay(redis_url)
    here.listen()
    try:
        with live.listen() as page:
            heard = _until_heard(elsewhere, page)
            assert heard == ("delivery.settled", {"id": "1"})

            live.relay_through(here.send)
            live.publish(("work-item.opened", {"id": "2"}), ("work-item.claimed", {"id": "2"}))
            elsewhere.send(("last", {}))
            kinds = [page.get(timeout=10)[0]]
            while kinds[-1] != "last":
                kinds.append(page.get(timeout=10)[0])
            assert kinds.count("work-item.opened") == kinds.count("work-item.claimed") == 1
    finally:
        live.relay_through(None)
        here.close()
        elsewhere.close()


def test_redis_being_away_disturbs_nobody():
    away = Relay("redis://127.0.0.1:1/0")
    away.send(("work-item.opened", {}))
    away.close()


def _until_heard(sender: Relay, page: "queue.Queue[live.Message]") -> live.Message:
    """The first event; sent again until the listener has subscribed."""
    for _ in range(100):
        sender.send(("delivery.settled", {"id": "1"}))
        try:
            return page.get(timeout=0.1)
        except queue.Empty:
            continue
    raise AssertionError("nothing was heard")
