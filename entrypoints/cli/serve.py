"""`cowork serve`: the API, on the embedded PostgreSQL unless DATABASE_URL is set."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from uvicorn.supervisors import Multiprocess

from entrypoints.cli.banner import DemoInfo, print_banner
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.cli.secret_key import secret_key_text, with_secret_key
from entrypoints.cli.signals import exit_on_signals
from entrypoints.cli.worker import background_work
from entrypoints.garbage_collection import gc_paused
from entrypoints.http.parent_process import PARENT_VARIABLE
from entrypoints.http.server import import_app_module, server_config
from entrypoints.observability.metrics.multiprocess import multiprocess_metrics
from entrypoints.settings import Settings, load_settings

PAUSE_AFTER_JOB = timedelta(seconds=0.5)
"""Pause of each lane of background work after a job, which leaves the CPU to requests.

Limits the lanes to 8 jobs a second in total.
"""
WORK_DRAIN = timedelta(seconds=5)
"""Time for running jobs to finish after the last request. Both together have 30 seconds."""


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port to listen on (0 = any free port).")
    ] = 8080,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Number of worker processes.")] = 1,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    demo: Annotated[
        bool,
        typer.Option(
            "--demo",
            help="Load demo data if the database is empty. Without a Stripe key, start a sandbox.",
        ),
    ] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Do not run background jobs; `cowork worker` does.")
    ] = False,
) -> None:
    """Serve the API."""
    settings = load_settings()
    with ExitStack() as running:
        with gc_paused():
            running.enter_context(exit_on_signals())
            if workers > 1:
                running.enter_context(multiprocess_metrics())
            listener = running.enter_context(_listening(host, port))
            secret_key = secret_key_text(settings, data_dir)
            if workers == 1:
                # Importing the application takes as long as the database server takes to start.
                threading.Thread(target=import_app_module).start()
            dsn = running.enter_context(database_at_head(settings, data_dir))
            settings, demo_info = running.enter_context(
                _with_demo(settings, dsn, data_dir, listener, demo=demo)
            )
            # The application reads its settings from the environment, in worker processes and here.
            os.environ |= {"DATABASE_URL": dsn, "SECRET_KEY": secret_key}
            if not no_worker:
                running.enter_context(_background_work(with_secret_key(settings, data_dir), dsn))
            urls = {"url": _url(listener), "local_url": _local_url(listener)}
            print_banner(Console(), **urls, data_dir=data_dir, demo=demo_info)
        _run(listener, workers)


def _background_work(settings: Settings, dsn: str) -> AbstractContextManager[object]:
    return background_work(settings, dsn, pause_after_job=PAUSE_AFTER_JOB, drain=WORK_DRAIN)


@contextmanager
def _with_demo(
    settings: Settings, dsn: str, data_dir: Path, listener: socket.socket, *, demo: bool
) -> Iterator[tuple[Settings, DemoInfo | None]]:
    """Yield the settings to serve with, and the demo if it is requested."""
    if not demo:
        yield settings, None
        return
    # Slow to import, and only the demo needs it.
    from entrypoints.cli.demo_service import demo_service  # noqa: PLC0415

    with demo_service(settings, dsn, data_dir, _local_url(listener)) as service:
        yield service


def _run(listener: socket.socket, workers: int) -> None:
    config = server_config(workers=workers)
    if workers == 1:
        uvicorn.Server(config).run([listener])
        return
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    _Supervisor(config, sockets=[listener]).run()


class _Supervisor(Multiprocess):
    """Starts and stops the worker processes."""

    def terminate_all(self) -> None:
        """Close the listening socket, so that new connections are refused, and stop all workers."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """Yield a bound socket. Bound first, so that a port in use fails the start immediately."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {host}, port {port}: {error.strerror or error}"
            ) from error
        listener.set_inheritable(True)
        yield listener


def _url(listener: socket.socket) -> str:
    return _http_url(*listener.getsockname()[:2])


def _local_url(listener: socket.socket) -> str:
    """Return the URL on this machine."""
    host, port = listener.getsockname()[:2]
    return _http_url({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104 - compared, not bound


def _http_url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
