"""A stand-in for Kavenegar's REST interface: for `make run`, demonstrations and tests.

Nothing leaves the machine. Texts land on a page where anybody may answer as the phone.
"""

from web.fake_kavenegar.app import create_fake
from web.fake_kavenegar.faults import Fault
from web.fake_kavenegar.state import FakeState

__all__ = ["FakeState", "Fault", "create_fake"]
