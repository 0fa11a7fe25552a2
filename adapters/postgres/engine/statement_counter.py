"""StatementCounter: the number of statements that a request or another piece of work ran."""

from contextvars import ContextVar


class StatementCounter:
    """Counts in every task that started in the context of the work."""

    __slots__ = ("statements",)

    def __init__(self) -> None:
        self.statements = 0


_counter: ContextVar[StatementCounter | None] = ContextVar("statement_counter", default=None)


def begin_statement_count() -> StatementCounter:
    """Return a new counter for all statements that the current task runs from now on."""
    counter = StatementCounter()
    _counter.set(counter)
    return counter


def count_statement() -> None:
    """Count a statement that is about to run."""
    counter = _counter.get()
    if counter is not None:
        counter.statements += 1
