"""uvicorn's configuration. Only processes that serve requests import the application."""

from types import ModuleType
from typing import TYPE_CHECKING

import uvicorn

from entrypoints.garbage_collection import gc_paused

if TYPE_CHECKING:
    from litestar.types import ASGIApp

DRAIN_SECONDS = 24
KEEP_ALIVE_SECONDS = 75
"""Longer than that of common proxies, so that the proxy closes idle connections first."""
MAX_BACKLOG = 2048


def load_app() -> "ASGIApp":
    """Import the application and create it from the environment."""
    module = import_app_module()
    with gc_paused():
        app: ASGIApp = module.create_app()
    return app


def import_app_module() -> ModuleType:
    """Import and return the module of the application, which takes most of a start."""
    with gc_paused():
        from entrypoints.http import app  # noqa: PLC0415 - see above
    return app


def server_config(*, workers: int) -> uvicorn.Config:
    """Return uvicorn's configuration; each worker creates its own application."""
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
