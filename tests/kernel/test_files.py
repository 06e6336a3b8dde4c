"""Files are stored under their own names, without what could deceive."""

import pytest

from kernel import files
from kernel.clock import MovableClock
from kernel.uow import unit_of_work


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\scans\\رضایت\u200cنامه.pdf", "رضایت\u200cنامه.pdf"),
        ("a\r\nX: 1.txt", "aX: 1.txt"),
        ("a\x00b.html", "ab.html"),
        ("\u202egpj.exe", "gpj.exe"),
        ("\x00", "file"),
    ],
)
def test_a_file_keeps_its_name_without_folders_controls_and_direction_marks(
    ravand_both: MovableClock, sent: str, kept: str
) -> None:
    with unit_of_work() as uow:
        stored = files.store().put(uow, b"x", name=sent, content_type="text/plain", scope="s:1")
        assert stored.name == kept
