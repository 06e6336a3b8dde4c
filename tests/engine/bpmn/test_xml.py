"""Only harmless BPMN gets in."""

import pytest

from engine.problems import Refused
from engine.xml import MAX_BYTES, parse, stored_text, to_bytes
from tests.engine.bpmn.drawing import HEAD, document, line, task
from tests.fixtures.hostile import XML_FILES


@pytest.mark.parametrize("file", XML_FILES, ids=lambda file: file.name)
def test_a_hostile_file_is_refused(file):
    with pytest.raises(Refused) as refusal:
        parse(file.data, file.name)

    assert refusal.value.problem.code == file.code
    assert file.name in refusal.value.sentence()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_the_unicode_encodings_are_read(encoding):
    text = document(line(task())).decode()
    declared = "UTF-16" if encoding == "utf-16" else "UTF-8"

    root = parse(f'<?xml version="1.0" encoding="{declared}"?>{text}'.encode(encoding))

    assert "گام work" in to_bytes(root).decode()


def test_what_is_stored_is_written_anew_from_the_tree():
    data = f"{HEAD}<!-- private remark --></definitions>".encode()

    assert b"private remark" not in to_bytes(parse(data))


def test_a_file_is_measured_before_it_is_parsed():
    with pytest.raises(Refused) as refusal:
        parse(b"\x00" * (MAX_BYTES + 1))

    assert refusal.value.problem.code == "xml.too-large"


def test_a_utf_16_diagram_is_kept_as_text_that_can_be_read_again():
    declared = f'<?xml version="1.0" encoding="UTF-16"?>{document(line(task())).decode()}'

    text = stored_text(declared.encode("utf-16"))

    assert stored_text(text.encode()) == text
    assert "گام work" in text
