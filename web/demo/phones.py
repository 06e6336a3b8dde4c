"""The demo's telephone network: takes every text while the past is being made up."""

from collections.abc import Sequence

from notifiers.channels import Channel, Outgoing, Report
from notifiers.outcomes import Receipt, Refused
from notifiers.tables import DELIVERED

UNREACHABLE = "+989191999999"
"""A number that blocks the centre's texts, so that one delivery has failed."""


class DemoPhones(Channel):
    """Numbers every text itself; no network is touched."""

    tracks = True

    def __init__(self) -> None:
        self.sent = 0

    def send(self, message: Outgoing) -> Receipt:
        """Say that it went.

        Raises: Refused for the number that blocks texts.
        """
        if message.to == UNREACHABLE:
            raise Refused(411, "blocked by the receiver")
        self.sent += 1
        return Receipt(provider_id=f"demo-{self.sent}", cost=1_200)

    def statuses(self, provider_ids: Sequence[str]) -> list[Report]:
        """Everything arrives."""
        return [Report(one, DELIVERED, "10") for one in provider_ids]
