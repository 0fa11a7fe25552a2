"""Start and end of the application: databases, background tasks, payment provider."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from functools import partial

from litestar import Litestar

from entrypoints.container import Container, connected_database
from entrypoints.http.idempotency import STATE_NAME
from entrypoints.http.parent_process import exit_with_parent
from entrypoints.observability.metrics.pool_gauges import record_pool_usage
from entrypoints.settings import SettingsError

DATABASE_RESPONSE_TIMEOUT_SECONDS = 2.5
"""Keeps the time to a 503 below three seconds when the database does not respond."""


def lifespan(container: Container) -> Callable[[Litestar], AbstractAsyncContextManager[None]]:
    """Return the lifespan of the application.

    At the start it connects the container's databases, unless the container has one already. Raises
    SettingsError if DATABASE_URL or SECRET_KEY is missing.
    """

    @asynccontextmanager
    async def running(app: Litestar) -> AsyncIterator[None]:
        settings = container.settings()
        has_database = container.database.is_defined
        if settings.database_url is None and not has_database:
            raise SettingsError(
                "DATABASE_URL: required unless the service is started by 'cowork serve'."
            )
        if not settings.secret_key:
            raise SettingsError("SECRET_KEY: expected one or more keys of at least 32 bytes.")
        connected = partial(
            connected_database,
            pool_size=settings.database_pool_size,
            response_timeout=DATABASE_RESPONSE_TIMEOUT_SECONDS,
        )
        async with AsyncExitStack() as stack:
            stack.callback(container.passwords().close)
            if settings.database_url is not None and not has_database:
                database = await stack.enter_async_context(connected(settings.database_url))
                stack.enter_context(container.database.override(database))
            databases = {"main": container.database()}
            if settings.database_read_url is not None:
                replica = await stack.enter_async_context(connected(settings.database_read_url))
                stack.enter_context(container.read_database.override(replica))
                databases["read"] = replica
            app.state[STATE_NAME] = container.use_cases().idempotent_executor
            tasks = [
                asyncio.create_task(record_pool_usage(databases)),
                asyncio.create_task(exit_with_parent()),
            ]
            try:
                yield
            finally:
                for task in tasks:
                    task.cancel()
                await container.payments().close()

    return running
