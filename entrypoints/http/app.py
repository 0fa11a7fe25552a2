"""The HTTP application: Litestar with our decoder, our errors and our routes."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from adapters.postgres import PostgresDatabase
from application.caller import Caller
from entrypoints.container import Container
from entrypoints.http.access import gate
from entrypoints.http.browsers import BrowserRules
from entrypoints.http.envelope import Envelope
from entrypoints.http.fields import Field, FieldSchemas, decode_field
from entrypoints.http.once import STATE_NAME
from entrypoints.http.openapi.config import openapi_config
from entrypoints.http.openapi.enum_schemas import EnumSchemas
from entrypoints.http.problems import to_response
from entrypoints.http.request import LARGEST_BODY_BYTES, ApiRequest
from entrypoints.http.routes import ROUTERS
from entrypoints.http.routes.metrics import MetricsAccess
from entrypoints.http.server import PARENT_VARIABLE
from entrypoints.http.shedding import Shedding
from entrypoints.logs import configure_logging
from entrypoints.metrics.house import HouseFigures
from entrypoints.metrics.pools import watch_pools
from entrypoints.settings import Settings, SettingsError, load_settings
from entrypoints.trace_setting import start_tracing_if_set

PARENT_CHECK_SECONDS = 1
PATIENCE_SECONDS = 2.5
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
    from entrypoints.tracing import TracedRequests  # noqa: PLC0415 - only with the extra

    return TracedRequests(app)


def serve_container(container: Container) -> ASGIApp:
    """The service over that container, with all that wraps Litestar itself."""
    return enveloped(litestar_app(container), container.settings())


def enveloped(app: Litestar, settings: Settings) -> ASGIApp:
    """Litestar within what happens around every request."""
    whole: Any = Envelope(Shedding(app), BrowserRules([settings.frontend_url, settings.admin_url]))
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
        request_max_body_size=LARGEST_BODY_BYTES,
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
            app.state[STATE_NAME] = container.use_cases.answer_once()
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
        dsn, pool_size=settings.database_pool_size, patience=PATIENCE_SECONDS
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
        "house_figures": _provide(
            lambda: HouseFigures(
                container.use_cases.count_open_holds(), container.use_cases.count_jobs()
            )
        ),
        "metrics_access": _provide(
            _always(
                MetricsAccess(
                    container.settings().metrics_token, container.settings().trusted_proxies
                )
            )
        ),
        "kept_answers": _provide(container.kept_answers),
    }
    return use_cases | beside


def _always(value: Any) -> Callable[[], Any]:
    return lambda: value


def _use_cases(container: Container) -> dict[str, Callable[[], Any]]:
    providers: dict[str, Callable[[], Any]] = vars(container.use_cases())["providers"]
    return {name: provider for name, provider in providers.items() if not name.startswith("_")}


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
        caller: Caller = await container.use_cases.authenticate()(token, client_address)
        return caller

    return authenticate


def _is_field(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Field)
