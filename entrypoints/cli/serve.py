"""`cowork serve`: the API, with an embedded database unless another one is set."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Annotated

import typer
import uvicorn
from uvicorn.supervisors import Multiprocess

from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.demo import fill_if_empty, tell_log_ins
from entrypoints.cli.demo_payments import as_set, demo_payments
from entrypoints.cli.failures import CommandError
from entrypoints.cli.secret_key import secret_key_text, with_secret_key
from entrypoints.cli.stopping import stopped_by_signals
from entrypoints.cli.worker import background_work
from entrypoints.http.app import PARENT_VARIABLE
from entrypoints.http.server import server_config
from entrypoints.settings import load_settings


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
    with stopped_by_signals(), _listening(host, port) as listener:
        secret_key = secret_key_text(settings, data_dir)
        payments = demo_payments(settings, _near_address(listener)) if demo else as_set(settings)
        with database_at_head(settings, data_dir) as dsn, payments as (settings, sandbox):
            if demo:
                fill_if_empty(dsn, settings)
            # Workers are made from the environment, this process when it is the only one as well.
            os.environ |= {"DATABASE_URL": dsn, "SECRET_KEY": secret_key}
            keyed = with_secret_key(settings, data_dir)
            work = nullcontext() if no_worker else background_work(keyed, dsn)
            with work:
                _tell(listener, demo=demo, sandbox=sandbox)
                _run(listener, workers)


def _run(listener: socket.socket, workers: int) -> None:
    config = server_config(workers=workers)
    if workers == 1:
        uvicorn.Server(config).run([listener])
        return
    os.environ[PARENT_VARIABLE] = str(os.getpid())
    Multiprocess(config, sockets=[listener]).run()


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


def _tell(listener: socket.socket, *, demo: bool, sandbox: str | None) -> None:
    address = _address(*listener.getsockname()[:2])
    sys.stdout.write(f"cowork-api answers on {address}\n")
    if sandbox is not None:
        sys.stdout.write(f"A sandbox in the place of Stripe is on {sandbox}; no money moves.\n")
    if demo:
        tell_log_ins(address)
    sys.stdout.flush()


def _near_address(listener: socket.socket) -> str:
    """Where this machine itself reaches it."""
    host, port = listener.getsockname()[:2]
    return _address({"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host), port)  # noqa: S104 - not bound to


def _address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
