"""What loading a command costs besides reading its modules."""

import gc

from web.cli import main


def test_what_a_command_loads_is_never_walked_by_the_collector_which_then_goes_on() -> None:
    assert callable(main)
    assert gc.isenabled()
    assert gc.get_freeze_count() > 100_000
