"""The map of personal data is whole: nobody can add a column and forget to say what it holds."""

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table

from crm import personal as personal  # the whole map
from kernel.db import Base
from kernel.personal import declare, declared, undeclared
from tests.tables import load_models


def test_every_column_is_declared_personal_or_free_of_personal_data():
    load_models()

    missing = undeclared(Base.metadata)

    assert not missing, (
        f"say in the package's personal.py what these columns hold of people: {missing}"
    )


def test_a_new_column_is_missed_until_it_is_declared():
    known = next(iter(declared))
    metadata = MetaData()
    Table(known, metadata, Column("nickname", String(40)), Column("age", Integer))
    Table("brand_new", metadata, Column("diary", String(40)))

    assert undeclared(metadata) == ["brand_new.diary", f"{known}.nickname", f"{known}.age"]


def test_a_declaration_of_a_column_that_is_not_there_is_refused():
    model = next(m for m in Base.__subclasses__() if m.__tablename__ == "contact")

    with pytest.raises(ValueError, match="contact has no column nickname"):
        declare(model, "contact", free="kind nickname")
