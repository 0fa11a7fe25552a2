"""Traces by OpenTelemetry: a span for each request, use case and statement, sent by OTLP.

Only imported when OTEL_EXPORTER_OTLP_ENDPOINT is set: without it nothing of this is loaded, and
what would be traced is not even wrapped.
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

_FIRST_FAILURE = 500
_LONGEST_STATEMENT = 2000
_tracer = trace.get_tracer("cowork-api")
Call = Callable[..., Awaitable[Any]]


def start_tracing(endpoint: str, use_cases: Iterable[type]) -> None:
    """Trace what these use cases and asyncpg do, and send it there; once a process.

    What is not sent yet when the process ends, the SDK sends then.
    """
    # What the environment says of the resource (OTEL_RESOURCE_ATTRIBUTES) is added by the SDK.
    about = {SERVICE_NAME: "cowork-api", SERVICE_VERSION: version("cowork-api")}
    provider = TracerProvider(resource=Resource.create(about))
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    # Some of what use cases share is no use case itself.
    for kind in filter(_can_be_asked, use_cases):
        _replace(kind, "__call__", _use_case_traced(kind.__name__))
    for method in ("fetch", "fetchrow", "execute"):
        _replace(asyncpg.Connection, method, _statement_traced)


class TracedRequests:
    """An ASGI middleware around all others: a span a request, in its caller's trace."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass it on."""
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

            async def send_noted(message: Any) -> None:
                if message["type"] == "http.response.start":
                    span.set_attribute("http.response.status_code", message["status"])
                    if message["status"] >= _FIRST_FAILURE:
                        span.set_status(StatusCode.ERROR)
                await send(message)

            await self._app(scope, receive, send_noted)
            # Not the path itself, which may hold what is private.
            route = scope.get("path_template")
            span.set_attribute("http.request.method", scope["method"])
            if route:
                span.set_attribute("http.route", route)
                span.update_name(f"{scope['method']} {route}")


def _can_be_asked(kind: type) -> bool:
    return iscoroutinefunction(vars(kind).get("__call__"))


def _replace(kind: type, method: str, traced: Callable[[Call], Call]) -> None:
    setattr(kind, method, traced(getattr(kind, method)))


def _use_case_traced(name: str) -> Callable[[Call], Call]:
    def traced(call: Call) -> Call:
        @wraps(call)
        async def within_span(self: Any, *arguments: Any, **named: Any) -> Any:
            with _span(name):
                return await call(self, *arguments, **named)

        return within_span

    return traced


def _statement_traced(call: Call) -> Call:
    @wraps(call)
    async def within_span(self: Any, statement: str, *arguments: Any, **named: Any) -> Any:
        # The values are not told: they are people's.
        about = {"db.system.name": "postgresql", "db.query.text": statement[:_LONGEST_STATEMENT]}
        verb = statement.split(maxsplit=1)[0].upper()
        with _span(verb, kind=SpanKind.CLIENT, attributes=about):
            return await call(self, statement, *arguments, **named)

    return within_span


@contextmanager
def _span(name: str, **about: Any) -> Iterator[None]:
    """A span that tells only of what kind a failure was: its message may name somebody."""
    with _tracer.start_as_current_span(
        name, record_exception=False, set_status_on_exception=False, **about
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            span.set_status(StatusCode.ERROR)
            raise
