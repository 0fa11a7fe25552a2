"""uvicorn's configuration. Only the processes that answer load the application."""

from types import ModuleType
from typing import TYPE_CHECKING, cast

import uvicorn

from entrypoints.loading import loading

if TYPE_CHECKING:
    from litestar import Litestar

PARENT_VARIABLE = "COWORK_PARENT_PID"
"""Set for worker processes: the id of the parent process, without which they exit."""
DRAIN_SECONDS = 24
KEEP_ALIVE_SECONDS = 75
"""Longer than that of common proxies, so that the proxy closes idle connections first."""
MAX_BACKLOG = 2048


def load_app() -> "Litestar":
    """Return the application, made from the environment."""
    return cast("Litestar", load_what_answers().create_app())


def load_what_answers() -> ModuleType:
    """Return the module of the application; once that runs, it has loaded."""
    loading()
    from entrypoints.http import app  # noqa: PLC0415 - takes most of a start

    return app


def server_config(*, workers: int) -> uvicorn.Config:
    """Return uvicorn's configuration; each worker makes its own application."""
    return uvicorn.Config(
        f"{__name__}:{load_app.__name__}",
        factory=True,
        workers=workers,
        http=f"{__package__}.protocol:BoundedHttpProtocol",
        ws="none",
        lifespan="on",
        backlog=MAX_BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        # The application handles TRUSTED_PROXIES and logs requests itself.
        proxy_headers=False,
        access_log=False,
        log_config=None,
        server_header=False,
    )
