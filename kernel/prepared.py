"""Core statements compiled once and run on the driver's own cursor: for the hottest few paths.

SQLAlchemy's way from a statement to the driver and back costs several times what the database
needs for a row by its key. Everything else goes on through `session.execute`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

from kernel.types import JsonObject

Convert = Callable[[Any], Any]
_CURSOR = "ravand.cursor"


class Prepared:
    """A statement whose parameters are all `bindparam`s; values are converted as Core does it.

    An `IN` needs a fixed number of parameters. Errors of the driver arrive as SQLAlchemy's.

    Args:
        keys: the columns that an INSERT or UPDATE without values is given.
    """

    def __init__(self, statement: Any, keys: Iterable[str] | None = None) -> None:
        self._statement = statement
        self._keys = list(keys) if keys is not None else None
        self._compiled: dict[str, _Compiled] = {}

    def all(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Every row of the answer."""
        ready = self._for(connection)
        cursor = ready.run(connection, ready.parameters(values))
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        convert = ready.results(cursor)
        return [_converted(row, convert) for row in rows] if convert else rows

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """The first row of the answer; statements that may find more say `LIMIT`."""
        found = self.all(connection, values)
        return found[0] if found else None

    def change(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """How many rows were written."""
        ready = self._for(connection)
        cursor = ready.run(connection, ready.parameters(values))
        changed: int = cursor.rowcount
        return changed

    def change_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> int:
        """The same once for each row; how many were written in all."""
        if len(rows) == 1:
            return self.change(connection, rows[0])
        ready = self._for(connection)
        cursor = ready.run(connection, [ready.parameters(one) for one in rows], many=True)
        changed: int = cursor.rowcount
        return changed

    def _for(self, connection: Connection) -> "_Compiled":
        name = connection.dialect.name
        ready = self._compiled.get(name)
        if ready is None:
            ready = _Compiled(self._statement, connection.dialect, self._keys)
            self._compiled[name] = ready
        return ready


def say(connection: Connection, text: str) -> None:
    """Run a statement that has no parameters and no answer."""
    _run(connection, text, ())


class _Compiled:
    """The statement in one database's words."""

    def __init__(self, statement: Any, dialect: Dialect, keys: list[str] | None) -> None:
        compiled = statement.compile(
            dialect=dialect, column_keys=keys, compile_kwargs={"render_postcompile": True}
        )
        self.text = str(compiled)
        self.positional = bool(compiled.positional)
        fixed = {**compiled.params, **_defaults(compiled)}
        order = compiled.positiontup or list(compiled.binds)
        self._binds: list[tuple[str, Convert | None, Any]] = [
            (name, _to_driver(compiled.binds.get(name), dialect), fixed.get(name)) for name in order
        ]
        columns: Any = getattr(statement, "exported_columns", ())
        self._types = [column.type.dialect_impl(dialect) for column in columns]
        self._dialect = dialect
        self._results: list[tuple[int, Convert]] | None = None

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values as the driver takes them."""
        if self.positional:
            return [
                f(values.get(name, default)) if f else values.get(name, default)
                for name, f, default in self._binds
            ]
        return {
            name: f(values.get(name, default)) if f else values.get(name, default)
            for name, f, default in self._binds
        }

    def run(self, connection: Connection, parameters: Any, *, many: bool = False) -> Any:
        """A cursor on which the statement has run, good until the next one on this connection.

        Whoever listens to the engine hears of it.
        """
        return _run(connection, self.text, parameters, many=many)

    def results(self, cursor: Any) -> list[tuple[int, Convert]]:
        """Which columns are converted, and how; known once the database has named its types."""
        if self._results is None:
            codes = [column[1] for column in cursor.description]
            all_of_them = [
                one.result_processor(self._dialect, code)
                for one, code in zip(self._types, codes, strict=True)
            ]
            self._results = [(place, one) for place, one in enumerate(all_of_them) if one]
        return self._results


def _run(connection: Connection, text: str, parameters: Any, *, many: bool = False) -> Any:
    cursor = _cursor(connection)
    heard = connection.dispatch.before_cursor_execute
    if heard:
        for listener in heard:
            listener(connection, cursor, text, parameters, None, many)
    driver = connection.dialect.loaded_dbapi
    try:
        if many:
            cursor.executemany(text, parameters)
        else:
            cursor.execute(text, parameters)
    except driver.Error as error:
        gone = connection.dialect.is_disconnect(error, connection.connection, cursor)
        if gone:
            _forget_connections(connection, error)
        raise DBAPIError.instance(
            text,
            None,
            error,
            driver.Error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=connection.dialect,
        ) from error
    return cursor


def _cursor(connection: Connection) -> Any:
    """The connection's own: every answer is read before the next statement, so one is enough."""
    lent = connection.connection
    cursor = lent.info.get(_CURSOR)
    if cursor is None:
        cursor = lent.info[_CURSOR] = lent.cursor()
    return cursor


def _forget_connections(connection: Connection, error: Exception) -> None:
    """What ended this one ended the idle ones of the pool, too; Core does the same."""
    connection.invalidate(error)
    connection.engine.dispose()


def _converted(row: tuple[Any, ...], convert: list[tuple[int, Convert]]) -> tuple[Any, ...]:
    values = list(row)
    for place, one in convert:
        if values[place] is not None:  # NULL is None in every type of ours
            values[place] = one(values[place])
    return tuple(values)


def _to_driver(bind: Any, dialect: Dialect) -> Convert | None:
    if bind is None:
        return None
    convert: Convert | None = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return convert


def _defaults(compiled: Any) -> JsonObject:
    """Values of columns that an INSERT was not given, as far as they are plain ones."""
    return {column.key: column.default.arg for column in compiled.insert_prefetch or ()}
