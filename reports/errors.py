"""What can be wrong with a report."""

from kernel.errors import Invalid, LimitReached, NotFound


class TooManyRows(LimitReached):
    """The list is longer than this kind of file may be; narrow the filter."""

    code = "reports.too-many-rows"


class ColumnUnknown(Invalid):
    """No such column in this process."""

    code = "reports.column-unknown"


class FilterInvalid(Invalid):
    """The filter's sign or value does not fit its column."""

    code = "reports.filter-invalid"


class ProcessUnknown(NotFound):
    """No version of such a process was ever deployed."""

    code = "reports.process-unknown"
