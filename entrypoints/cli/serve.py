"""`cowork serve`: the API, with an embedded database unless another one is set."""

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

from entrypoints.cli.banner import Demo, greet
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.cli.secret_key import secret_key_text, with_secret_key
from entrypoints.cli.signals import stop_on_signals
from entrypoints.cli.worker import background_work
from entrypoints.garbage_collection import gc_paused
from entrypoints.http.parent_process import PARENT_VARIABLE
from entrypoints.http.server import import_app_module, server_config
from entrypoints.observability.metrics.multiprocess import multiprocess_metrics
from entrypoints.settings import Settings, load_settings

PAUSE_AFTER_JOB = timedelta(seconds=0.5)
"""After each job a lane of background work leaves the processor to requests: 8 jobs a second."""
WORK_DRAIN = timedelta(seconds=5)
"""Requests come to their end first; both together have 30 seconds."""


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes any free one.")] = 8080,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    demo: Annotated[bool, typer.Option("--demo", help="Fill an empty house with demo data.")] = (
        False
    ),
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave background work to `cowork worker`.")
    ] = False,
) -> None:
    """Serve the API until it is told to stop."""
    settings = load_settings()
    with ExitStack() as running:
        with gc_paused():
            running.enter_context(stop_on_signals())
            if workers > 1:
                running.enter_context(multiprocess_metrics())
            listener = running.enter_context(_listening(host, port))
            secret_key = secret_key_text(settings, data_dir)
            if workers == 1:
                # Takes as long as the start of the database, which runs in other processes.
                threading.Thread(target=import_app_module).start()
            dsn = running.enter_context(database_at_head(settings, data_dir))
            settings, demo_house = running.enter_context(
                _house(settings, dsn, data_dir, listener, demo=demo)
            )
            # The application is created from the environment, also in this process.
            os.environ |= {"DATABASE_URL": dsn, "SECRET_KEY": secret_key}
            if not no_worker:
                running.enter_context(_work_beside(with_secret_key(settings, data_dir), dsn))
            addresses = {"address": _address(listener), "near_address": _near_address(listener)}
            greet(Console(), **addresses, data_dir=data_dir, demo=demo_house)
        _run(listener, workers)


def _work_beside(settings: Settings, dsn: str) -> AbstractContextManager[object]:
    return background_work(settings, dsn, pause_after_job=PAUSE_AFTER_JOB, drain=WORK_DRAIN)


@contextmanager
def _house(
    settings: Settings, dsn: str, data_dir: Path, listener: socket.socket, *, demo: bool
) -> Iterator[tuple[Settings, Demo | None]]:
    """The settings to serve under, and what there is to know of the demo house."""
    if not demo:
        yield settings, None
        return
    # What makes a house and plays Stripe takes long to load, and nothing else needs it.
    from entrypoints.cli.demo_service import demo_service  # noqa: PLC0415

    with demo_service(settings, dsn, data_dir, _near_address(listener)) as house:
        yield house


def _run(listener: socket.socket, workers: int) -> None:
    config = server_config(workers=workers)
    if workers == 1:
        uvicorn.Server(config).run([listener])
        return
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    _Workers(config, sockets=[listener]).run()


class _Workers(Multiprocess):
    """Worker processes that answer, none of which is left to accept for once they are to end."""

    def terminate_all(self) -> None:
        """Tell them to end; and listen no more here either, or callers would wait for nobody."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens from the start on, so that a port in use shows before anything else."""
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


def _address(listener: socket.socket) -> str:
    return _http(*listener.getsockname()[:2])


def _near_address(listener: socket.socket) -> str:
    """Where this machine itself reaches it."""
    host, port = listener.getsockname()[:2]
    return _http({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104 - not bound to


def _http(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
