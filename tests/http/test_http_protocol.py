"""Misbehaving clients at the level of the HTTP server, before there is a request."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn

from entrypoints.container import Container
from entrypoints.http import protocol, request
from entrypoints.http.app import serve_container
from entrypoints.settings import read_settings
from tests.databases import TestServer
from tests.http.service import SECRET

TIMEOUT_SECONDS = 0.5
"""Of heads and bodies, instead of 20."""
TEST_TIMEOUT_SECONDS = 10


@pytest.fixture(scope="module")
def address(server_18: TestServer) -> Iterator[tuple[str, int]]:
    """The address of a service with short timeouts."""
    with pytest.MonkeyPatch.context() as patch, server_18.empty_database() as dsn:
        patch.setattr(protocol, "HEAD_TIMEOUT_SECONDS", TIMEOUT_SECONDS)
        patch.setattr(request, "BODY_TIMEOUT_SECONDS", TIMEOUT_SECONDS)
        settings = read_settings({"DATABASE_URL": dsn, "SECRET_KEY": SECRET})
        app = serve_container(Container(settings=settings))
        config = uvicorn.Config(app, http=protocol.BoundedHttpProtocol, log_config=None, ws="none")
        with socket.socket() as listener, _running(uvicorn.Server(config), listener):
            yield listener.getsockname()


@contextmanager
def _running(service: uvicorn.Server, listener: socket.socket) -> Iterator[None]:
    listener.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=service.run, args=([listener],))
    thread.start()
    try:
        while not service.started:
            assert thread.is_alive()
            time.sleep(0.01)
        yield
    finally:
        service.should_exit = True
        thread.join(TEST_TIMEOUT_SECONDS)


def send(address: tuple[str, int], *parts: bytes) -> bytes:
    """Send bytes and return everything that is received until the connection is closed."""
    with socket.create_connection(address, timeout=TEST_TIMEOUT_SECONDS) as client:
        for part in parts:
            client.sendall(part)
        received = b""
        while more := client.recv(65536):
            received += more
        return received


def status_and_code(response: bytes) -> tuple[bytes, bool]:
    """Return the status, and whether the response is a problem."""
    return response.split(b" ", 2)[1], b"content-type: application/problem+json" in response.lower()


HEAD = b"POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


def test_an_incomplete_head_times_out(address: tuple[str, int]) -> None:
    assert send(address, HEAD) == b""
    assert send(address) == b""


def test_an_incomplete_second_head_times_out(address: tuple[str, int]) -> None:
    response = send(address, b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /hea")
    assert response.startswith(b"HTTP/1.1 200")


def test_an_incomplete_body_times_out_with_a_problem(address: tuple[str, int]) -> None:
    response = send(address, HEAD + b"Content-Length: 100\r\n\r\n{")
    assert status_and_code(response) == (b"408", True)


@pytest.mark.parametrize(
    "head",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Bad Header: x\r\n\r\n",
    ],
    ids=[
        "TLS",
        "an unknown version",
        "NUL in the path",
        "a length and chunks",
        "two lengths",
        "a negative length",
        "a chunk of no length",
        "a space in a header's name",
    ],
)
def test_malformed_http_is_answered_with_a_problem_and_a_close(
    address: tuple[str, int], head: bytes
) -> None:
    assert status_and_code(send(address, head)) == (b"400", True)
    assert send(
        address, b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    ).startswith(b"HTTP/1.1 200")


def test_chunks_past_the_limit_end_in_413(address: tuple[str, int]) -> None:
    chunk = b"10000\r\n" + b"a" * 0x10000 + b"\r\n"
    with socket.create_connection(address, timeout=TEST_TIMEOUT_SECONDS) as client:
        client.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 17)
        assert status_and_code(client.recv(65536)) == (b"413", True)
