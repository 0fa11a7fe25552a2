"""OpenTelemetry traces: a span for each request, use case and statement, exported over OTLP.

Imported only when OTEL_EXPORTER_OTLP_ENDPOINT is set. Without it, tracing costs nothing: no package
is loaded and no call is wrapped.
"""

from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib.metadata import version
from inspect import iscoroutinefunction
from typing import Any

import asyncpg
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagate import extract
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, StatusCode

_MIN_SERVER_ERROR = 500
_MAX_STATEMENT_LENGTH = 2000
_tracer = trace.get_tracer("cowork-api")
Call = Callable[..., Awaitable[Any]]


def start_tracing(endpoint: str, use_cases: Iterable[type]) -> None:
    """Trace these use cases and asyncpg, and export the spans to the endpoint.

    Call it once per process. At its end, the SDK exports the remaining spans.
    """
    # The SDK adds the attributes of OTEL_RESOURCE_ATTRIBUTES.
    attributes = {SERVICE_NAME: "cowork-api", SERVICE_VERSION: version("cowork-api")}
    provider = TracerProvider(resource=Resource.create(attributes))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    for use_case in filter(_has_async_call, use_cases):
        _wrap_method(use_case, "__call__", _use_case_tracer(use_case.__name__))
    for method in ("fetch", "fetchrow", "execute"):
        _wrap_method(asyncpg.Connection, method, _trace_statement)


class TracingMiddleware:
    """The outermost ASGI middleware: one span per request, in the trace of its client."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on within a span."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]
        }
        with _tracer.start_as_current_span(
            scope["method"],
            extract(headers),
            kind=SpanKind.SERVER,
            record_exception=False,
            set_status_on_exception=False,
        ) as span:

            async def send_and_record(message: Any) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= _MIN_SERVER_ERROR:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            await self._app(scope, receive, send_and_record)
            # Not the path itself, which may contain personal data or secrets.
            route = scope.get("path_template")
            span.set_attribute("http.request.method", scope["method"])
            if route:
                span.set_attribute("http.route", route)
                span.update_name(f"{scope['method']} {route}")


def _has_async_call(cls: type) -> bool:
    return iscoroutinefunction(vars(cls).get("__call__"))


def _wrap_method(cls: type, method: str, wrapper: Callable[[Call], Call]) -> None:
    setattr(cls, method, wrapper(getattr(cls, method)))


def _use_case_tracer(name: str) -> Callable[[Call], Call]:
    def trace_use_case(call: Call) -> Call:
        @wraps(call)
        async def within_span(self: Any, *arguments: Any, **named: Any) -> Any:
            with _span(name):
                return await call(self, *arguments, **named)

        return within_span

    return trace_use_case


def _trace_statement(call: Call) -> Call:
    @wraps(call)
    async def within_span(self: Any, statement: str, *arguments: Any, **named: Any) -> Any:
        # Without the parameters, which may be personal data.
        attributes = {
            "db.system.name": "postgresql",
            "db.query.text": statement[:_MAX_STATEMENT_LENGTH],
        }
        verb = statement.split(maxsplit=1)[0].upper()
        with _span(verb, kind=SpanKind.CLIENT, attributes=attributes):
            return await call(self, statement, *arguments, **named)

    return within_span


@contextmanager
def _span(name: str, **options: Any) -> Iterator[None]:
    """Start a span that records only the type of an exception: its message may be personal data."""
    with _tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False, **options
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise
