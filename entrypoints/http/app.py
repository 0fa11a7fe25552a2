"""The HTTP application: Litestar with our decoder, our errors and our routes."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cached_property, partial
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from adapters.postgres import PostgresDatabase
from application.common.caller import Caller
from application.use_cases import UseCases
from entrypoints.container import Container
from entrypoints.http.fields import Field, FieldSchemas, decode_field
from entrypoints.http.idempotency import STATE_NAME
from entrypoints.http.middleware.authentication import gate
from entrypoints.http.middleware.cors import CorsMiddleware
from entrypoints.http.middleware.load_shedding import LoadSheddingMiddleware
from entrypoints.http.middleware.request_context import RequestContextMiddleware
from entrypoints.http.openapi.config import openapi_config
from entrypoints.http.openapi.enum_schemas import EnumSchemas
from entrypoints.http.problems import to_response
from entrypoints.http.request import MAX_BODY_BYTES, ApiRequest
from entrypoints.http.routes import ROUTERS
from entrypoints.http.routes.metrics import MetricsAccess
from entrypoints.http.server import PARENT_VARIABLE
from entrypoints.observability.logging import configure_logging
from entrypoints.observability.metrics.business_gauges import BusinessGauges
from entrypoints.observability.metrics.pools import watch_pools
from entrypoints.observability.trace_setting import start_tracing_if_set
from entrypoints.settings import Settings, SettingsError, load_settings

PARENT_CHECK_SECONDS = 1
DATABASE_RESPONSE_TIMEOUT_SECONDS = 2.5
"""For the database's next answer, so that its being away is told within three."""


def create_app() -> ASGIApp:
    """The service, set by the environment: what an ASGI server is pointed at.

    Raises SettingsError.
    """
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    return _traced(serve_container(Container(settings=settings)), settings)


def _traced(app: ASGIApp, settings: Settings) -> ASGIApp:
    if not start_tracing_if_set(settings):
        return app
    from entrypoints.observability.tracing import TracedRequests  # noqa: PLC0415 - only with the extra

    return TracedRequests(app)


def serve_container(container: Container) -> ASGIApp:
    """The service over that container, with all that wraps Litestar itself."""
    return with_middleware(litestar_app(container), container.settings())


def with_middleware(app: Litestar, settings: Settings) -> ASGIApp:
    """Litestar within what happens around every request."""
    whole: Any = RequestContextMiddleware(
        LoadSheddingMiddleware(app), CorsMiddleware([settings.frontend_url, settings.admin_url])
    )
    if proxies := settings.trusted_proxies:
        whole = ProxyHeadersMiddleware(whole, trusted_hosts=[str(network) for network in proxies])
    return whole  # type: ignore[no-any-return]  # uvicorn and Litestar have their own ASGI types


def litestar_app(container: Container) -> Litestar:
    """Litestar with our routes. It connects the database when it starts, unless one is given."""
    return Litestar(
        route_handlers=ROUTERS,
        dependencies=_dependencies(container),
        middleware=[gate(_authenticate(container))],
        request_class=ApiRequest,
        request_max_body_size=MAX_BODY_BYTES,
        exception_handlers={Exception: to_response},
        type_decoders=[(_is_field, decode_field)],
        plugins=[FieldSchemas(), EnumSchemas()],
        openapi_config=openapi_config(),
        lifespan=[_connected(container)],
        # Failures are logged by us, once.
        logging_config=None,
    )


def _connected(container: Container) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        settings: Settings = container.settings()
        is_given = container.database.is_defined
        if settings.database_url is None and not is_given:
            raise SettingsError("DATABASE_URL: expected, unless started by 'cowork serve'.")
        if not settings.secret_key:
            raise SettingsError("SECRET_KEY: expected one or more keys of at least 32 bytes.")
        async with AsyncExitStack() as stack:
            stack.callback(container.passwords().close)
            if settings.database_url is not None and not is_given:
                database = await stack.enter_async_context(_pool(settings, settings.database_url))
                stack.enter_context(container.database.override(database))
            pools = {"main": container.database()}
            if settings.database_read_url is not None:
                url = settings.database_read_url
                pools["read"] = await stack.enter_async_context(_pool(settings, url))
                stack.enter_context(container.read_database.override(pools["read"]))
            app.state[STATE_NAME] = container.use_cases().idempotent_executor
            # What is there by now stays: so collecting garbage never has to look at it again.
            gc.collect()
            gc.freeze()
            gc.enable()
            watch = asyncio.create_task(watch_pools(pools))
            parent = asyncio.create_task(_end_with_parent(os.environ.get(PARENT_VARIABLE)))
            try:
                yield
            finally:
                watch.cancel()
                parent.cancel()
                await container.payments().close()

    return lifespan


@asynccontextmanager
async def _pool(settings: Settings, dsn: str) -> AsyncIterator[PostgresDatabase]:
    database = await PostgresDatabase.connect(
        dsn,
        pool_size=settings.database_pool_size,
        response_timeout=DATABASE_RESPONSE_TIMEOUT_SECONDS,
    )
    try:
        yield database
    finally:
        await database.close()


async def _end_with_parent(pid: str | None) -> None:
    """End a worker process whose parent was killed, and which would keep the port for ever."""
    if pid is None:
        return
    # Nothing tells of it, so it has to be asked.
    while os.getppid() == int(pid):  # noqa: ASYNC110
        await asyncio.sleep(PARENT_CHECK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)


def _dependencies(container: Container) -> dict[str, Provide]:
    """Each use case by its name, and what a few handlers need beside it.

    Not dependency-injector's wiring, which fails with Litestar's handlers (design, measured).
    """
    use_cases = {name: _provide(use_case) for name, use_case in _use_cases(container).items()}
    beside = {
        "database": _provide(container.database),
        "house": _provide(_always(container.settings().house)),
        "invoice_printer": _provide(container.invoice_printer),
        "business_gauges": _provide(
            lambda: BusinessGauges(
                container.use_cases().count_open_holds, container.use_cases().count_jobs
            )
        ),
        "metrics_access": _provide(
            _always(
                MetricsAccess(
                    container.settings().metrics_token, container.settings().trusted_proxies
                )
            )
        ),
        "response_cache": _provide(container.response_cache),
    }
    return use_cases | beside


def _always(value: Any) -> Callable[[], Any]:
    return lambda: value


def _use_cases(container: Container) -> dict[str, Callable[[], Any]]:
    """Return a function for each use case by its name."""
    names = [name for name, value in vars(UseCases).items() if isinstance(value, cached_property)]
    return {name: partial(_use_case, container, name) for name in names}


def _use_case(container: Container, name: str) -> Any:
    return getattr(container.use_cases(), name)


def _provide(get: Callable[[], Any]) -> Provide:
    def provided() -> Any:
        return get()

    return _Provided(provided, sync_to_thread=False)


class _Provided(Provide):
    """One that equals itself only.

    For each handler Litestar compares every provider with every other; done in detail, that is
    a fifth of the time in which the application is made.
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def _authenticate(container: Container) -> Callable[[str, str | None], Awaitable[Caller]]:
    async def authenticate(token: str, client_address: str | None) -> Caller:
        return await container.use_cases().authenticate(token, client_address)

    return authenticate


def _is_field(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Field)
