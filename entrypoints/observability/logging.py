"""Logging: everything, our own events and those of libraries, one line each, in one form."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from structlog.typing import Processor

from entrypoints.settings import LogFormat, LogLevel

_encoder = msgspec.json.Encoder(enc_hook=str)


def configure_logging(level: LogLevel, wanted: LogFormat | None = None) -> None:
    """Write to standard error; for people on a terminal and as JSON elsewhere, unless told."""
    usual = LogFormat.CONSOLE if sys.stderr.isatty() else LogFormat.JSON
    chosen = wanted or usual
    rendering = _rendering(chosen)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, *_rendering(chosen, in_bytes=True)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=_lines(chosen),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _logger_name, _drop_colours],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    logging.basicConfig(handlers=[handler], level=threshold, force=True)
    # Each request is logged by us, with its id; libraries tell of their doings when asked to.
    logging.getLogger("uvicorn.access").disabled = True
    for chatty in ("uvicorn.error", "alembic", "asyncio"):
        logging.getLogger(chatty).setLevel(max(threshold, logging.WARNING))


def _rendering(wanted: LogFormat, *, in_bytes: bool = False) -> list[Processor]:
    if wanted is LogFormat.CONSOLE:
        # Tracebacks without the values of variables, here and below: they may be secrets.
        plain = structlog.dev.plain_traceback
        is_terminal = sys.stderr.isatty()
        return [structlog.dev.ConsoleRenderer(colors=is_terminal, exception_formatter=plain)]
    return [structlog.processors.format_exc_info, _to_json_bytes if in_bytes else _to_json]


def _lines(wanted: LogFormat) -> Callable[..., Any]:
    if wanted is LogFormat.JSON:
        return structlog.BytesLoggerFactory(sys.stderr.buffer)
    return structlog.PrintLoggerFactory(sys.stderr)


def _to_json(_: Any, __: str, event: Any) -> str:
    return _encoder.encode(event).decode()


def _to_json_bytes(_: Any, __: str, event: Any) -> bytes:
    return _encoder.encode(event)


def _logger_name(_: Any, __: str, event: Any) -> Any:
    record = event.get("_record")
    event["logger"] = record.name if record else "root"
    return event


def _drop_colours(_: Any, __: str, event: Any) -> Any:
    event.pop("color_message", None)
    return event
