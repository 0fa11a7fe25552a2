"""Tally: how many statements were run for a piece of work, such as a request."""

from contextvars import ContextVar


class StatementCounter:
    """Counts in whatever task the work is done, as long as it began in the work's own context."""

    __slots__ = ("statements",)

    def __init__(self) -> None:
        self.statements = 0


_tally: ContextVar[StatementCounter | None] = ContextVar("tally", default=None)


def begin_statement_count() -> StatementCounter:
    """A new one for what the present task does from now on."""
    tally = StatementCounter()
    _tally.set(tally)
    return tally


def count_statement() -> None:
    """Note a statement that is about to be run."""
    tally = _tally.get()
    if tally is not None:
        tally.statements += 1
