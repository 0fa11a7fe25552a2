"""Logging: one line for each event, in one format for the service and its libraries."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import structlog
from structlog.typing import Processor

from entrypoints.settings import LogFormat, LogLevel

_encoder = msgspec.json.Encoder(enc_hook=str)


def configure_logging(level: LogLevel, log_format: LogFormat | None = None) -> None:
    """Log to standard error. The default format is `console` on a terminal, otherwise `json`."""
    default_format = LogFormat.CONSOLE if sys.stderr.isatty() else LogFormat.JSON
    chosen_format = log_format or default_format
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, *_renderers(chosen_format, in_bytes=True)],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=_logger_factory(chosen_format),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _logger_name, _drop_color_message],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(chosen_format),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=threshold, force=True)
    # RequestContextMiddleware logs requests, with their ids.
    logging.getLogger("uvicorn.access").disabled = True
    for verbose in ("uvicorn.error", "alembic", "asyncio"):
        logging.getLogger(verbose).setLevel(max(threshold, logging.WARNING))


def _renderers(log_format: LogFormat, *, in_bytes: bool = False) -> list[Processor]:
    if log_format is LogFormat.CONSOLE:
        # Tracebacks without the values of variables, here and below: they may be secrets.
        plain = structlog.dev.plain_traceback
        is_terminal = sys.stderr.isatty()
        return [structlog.dev.ConsoleRenderer(colors=is_terminal, exception_formatter=plain)]
    return [structlog.processors.format_exc_info, _to_json_bytes if in_bytes else _to_json]


def _logger_factory(log_format: LogFormat) -> Callable[..., Any]:
    if log_format is LogFormat.JSON:
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


def _drop_color_message(_: Any, __: str, event: Any) -> Any:
    event.pop("color_message", None)
    return event
