"""Every table of the product, made and emptied."""

from importlib import import_module
from pathlib import Path

from sqlalchemy import text

from kernel.db import Base, Database

ROOT = Path(__file__).parent.parent


def load_models() -> None:
    """Import every module that declares tables, so that the metadata is whole."""
    for package in ("kernel", "people", "forms", "engine", "notifiers", "crm", "reports", "web"):
        for path in sorted((ROOT / package).rglob("*.py")):
            if "__tablename__" in path.read_text():
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def create_all(url: str) -> None:
    """Make the tables in an empty database."""
    load_models()
    database = Database(url)
    Base.metadata.create_all(database.engine)
    database.dispose()


def wipe(url: str) -> None:
    """Empty every table (PostgreSQL)."""
    database = Database(url)
    names = ", ".join(f'"{table.name}"' for table in Base.metadata.sorted_tables)
    with database.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))
    database.dispose()
