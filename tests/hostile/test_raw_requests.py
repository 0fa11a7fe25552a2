"""Malformed requests, byte by byte: each gets a 4xx problem, logged once, and does no harm."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from tests.hostile.conftest import Target, log_in
from tests.processes import get, post

TIMEOUT_SECONDS = 30
MIB = 1024 * 1024
DEEP = b"[" * 100_000 + b"]" * 100_000


@dataclass(frozen=True, slots=True)
class RawResponse:
    """A response as received."""

    status: int
    headers: dict[str, str]
    body: bytes


def exchange(target: Target, request_bytes: bytes) -> list[RawResponse]:
    """Send bytes. Returns all responses until the connection is closed."""
    with socket.create_connection(target.address, timeout=TIMEOUT_SECONDS) as client:
        received = b""
        # The service may respond and close before everything is sent.
        with suppress(OSError):
            client.sendall(request_bytes)
        with suppress(ConnectionResetError):
            while chunk := client.recv(65536):
                received += chunk
    return list(_parse_responses(received))


def _parse_responses(received: bytes) -> Iterator[RawResponse]:
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        length = int(headers.get("content-length", 0))
        yield RawResponse(int(first.split(" ")[1]), headers, received[:length])
        received = received[length:]


def request(
    target: str | bytes = "/auth/login",
    body: bytes = b"",
    *,
    method: bytes = b"POST",
    headers: tuple[bytes, ...] = (),
    length: bytes | None = None,
    content_type: bytes = b"application/json",
) -> bytes:
    """Return a request with arbitrary parts. `%ID%` is a placeholder for its X-Request-ID."""
    address = target.encode() if isinstance(target, str) else target
    lines = [b"%s %s HTTP/1.1" % (method, address), b"Host: x", b"Connection: close"]
    lines += [b"X-Request-ID: %ID%", b"Content-Type: " + content_type, *headers]
    if length is None and body:
        length = str(len(body)).encode()
    if length:
        lines.append(b"Content-Length: " + length)
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def chunked(body: bytes, size: int = 65536) -> bytes:
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def login(email: bytes) -> bytes:
    return request(body=b'{"email": %s, "password": "x"}' % email)


INVALID_REQUESTS: dict[str, tuple[bytes, int, str]] = {
    "NUL in a string": (login(b'"\\u0000"'), 400, "validation_error"),
    "a raw NUL": (login(b'"\x00"'), 400, "malformed_json"),
    "a lone high surrogate": (login(b'"\\ud800"'), 400, "malformed_json"),
    "a lone low surrogate": (login(b'"\\udc00x"'), 400, "malformed_json"),
    "a surrogate in UTF-8": (login(b'"\xed\xa0\x80"'), 400, "malformed_json"),
    "broken UTF-8": (login(b'"\xff\xfe"'), 400, "malformed_json"),
    "overlong UTF-8": (login(b'"\xc0\xaf"'), 400, "malformed_json"),
    "UTF-16": (request(body='{"email": "a"}'.encode("utf-16")), 400, "malformed_json"),
    "100,000 levels": (request(body=DEEP), 400, "malformed_json"),
    "100,000 levels in a field": (login(DEEP), 400, "malformed_json"),
    "an integer past 64 bits": (login(b"18446744073709551616"), 400, "validation_error"),
    "an integer of 5,000 digits": (login(b"9" * 5_000), 400, "validation_error"),
    "1e1000000": (login(b"1e1000000"), 400, "validation_error"),
    "NaN": (login(b"NaN"), 400, "malformed_json"),
    "-Infinity": (login(b"-Infinity"), 400, "malformed_json"),
    "NaN in a string": (
        request(body=b'{"email": "NaN", "password": "x"}'),
        401,
        "invalid_credentials",
    ),
    "a field twice": (
        request(body=b'{"email": "a", "email": "b", "password": "x"}'),
        400,
        "validation_error",
    ),
    "an unknown field": (
        request(body=b'{"email": "a", "password": "x", "role": "ADMIN"}'),
        400,
        "validation_error",
    ),
    "__proto__": (
        request(body=b'{"email": "a", "password": "x", "__proto__": {}}'),
        400,
        "validation_error",
    ),
    "a form": (
        request(body=b"email=a", content_type=b"application/x-www-form-urlencoded"),
        415,
        "unsupported_media_type",
    ),
    "an invalid content type": (
        request(body=b"{}", content_type=b";;;=\xff"),
        415,
        "unsupported_media_type",
    ),
    "another charset": (
        request(body=b"{}", content_type=b"application/json; charset=utf-16"),
        415,
        "unsupported_media_type",
    ),
    "a compressed body": (
        request(body=b"\x1f\x8b\x08", headers=(b"Content-Encoding: gzip",)),
        400,
        "malformed_json",
    ),
    "a byte over a mebibyte": (request(body=b" " * (MIB + 1)), 413, "body_too_large"),
    "a length of a terabyte": (request(body=b"{}", length=b"1099511627776"), 413, "body_too_large"),
    "chunks past a mebibyte": (
        request(headers=(b"Transfer-Encoding: chunked",)) + chunked(b" " * (MIB + 1)),
        413,
        "body_too_large",
    ),
    "NUL in the path": (request("/auth/%00", method=b"GET"), 400, "validation_error"),
    "broken UTF-8 in the path": (request("/auth/%ff", method=b"GET"), 400, "validation_error"),
    "a surrogate in the path": (request("/%ed%a0%80", method=b"GET"), 400, "validation_error"),
    "NUL in the query": (request("/api/spaces?q=%00", method=b"GET"), 400, "validation_error"),
    "broken UTF-8 in the query": (
        request("/api/spaces?cursor=%c3%28", method=b"GET"),
        400,
        "validation_error",
    ),
    "a path with dot segments": (request("/../../etc/passwd", method=b"GET"), 404, "not_found"),
    "a path with encoded dot segments": (
        request("/%2e%2e%2fetc%2fpasswd", method=b"GET"),
        404,
        "not_found",
    ),
    "two slashes": (request("//evil.example/", method=b"GET"), 404, "not_found"),
    "a parameter twice": (
        request("/api/spaces?limit=1&limit=2", method=b"GET"),
        400,
        "validation_error",
    ),
    "the word null": (
        request("/api/spaces?space_type=null", method=b"GET"),
        400,
        "validation_error",
    ),
    "10,000 parameters": (
        request(
            "/api/spaces?" + "&".join(f"a{n}" for n in range(5_000)) + "&limit=0", method=b"GET"
        ),
        400,
        "validation_error",
    ),
    "an absolute URL": (request("http://evil.example/none", method=b"GET"), 404, "not_found"),
    "only an asterisk": (request("*", method=b"GET"), 404, "not_found"),
    "an unknown method": (request("/auth/me", method=b"PROPFIND"), 405, "method_not_allowed"),
    "TRACE": (request("/auth/me", method=b"TRACE"), 405, "method_not_allowed"),
    "a bearer of bytes": (
        request("/auth/me", method=b"GET", headers=(b"Authorization: Bearer \xff\xfe",)),
        401,
        "invalid_token",
    ),
    "a bearer of 50,000 characters": (
        request("/auth/me", method=b"GET", headers=(b"Authorization: Bearer " + b"a" * 50_000,)),
        401,
        "invalid_token",
    ),
    "two hosts": (
        request("/health", method=b"GET", headers=(b"Host: y",)),
        400,
        "validation_error",
    ),
    "another scheme": (
        request("/auth/me", method=b"GET", headers=(b"Authorization: Basic YTpi",)),
        401,
        "invalid_token",
    ),
    "no scheme": (
        request("/auth/me", method=b"GET", headers=(b"Authorization: ",)),
        401,
        "invalid_token",
    ),
}
"""Well-formed HTTP with invalid content: the request, and the status and code of the problem."""


@pytest.mark.parametrize("case", INVALID_REQUESTS)
def test_an_invalid_request_gets_a_specific_problem_and_is_logged_once(
    target: Target, case: str
) -> None:
    content, status, code = INVALID_REQUESTS[case]
    request_id = f"raw-{list(INVALID_REQUESTS).index(case)}"
    (response,) = exchange(target, content.replace(b"%ID%", request_id.encode()))
    assert_problem(response, status, code)
    assert response.headers["x-request-id"] == request_id
    assert count_log_lines(target, request_id) == 1
    assert get(f"{target.url}/health", timeout=20).status_code == 200


MALFORMED_HTTP: dict[str, bytes] = {
    "a length and chunks": request(
        body=b"0\r\n\r\nGET /api/users HTTP/1.1\r\nHost: x\r\n\r\n",
        headers=(b"Transfer-Encoding: chunked",),
    ),
    "chunks hidden by case": request(
        body=b"0\r\n\r\n", headers=(b"tRANSFER-eNCODING: CHUNKED",), length=b"5"
    ),
    "two lengths": request(body=b"{}", headers=(b"Content-Length: 3",)),
    "an invalid length": request(body=b"{}", length=b"0x2"),
    "a length with a sign": request(body=b"{}", length=b"+2"),
    "a space before the colon": request(headers=(b"Content-Length : 2",)),
    "a NUL in a header": request(headers=(b"X-Note: a\x00b",)),
    "a bare line feed in a header": request(headers=(b"X-Note: a\rb",)),
    "chunks without a length": request(headers=(b"Transfer-Encoding: chunked",)) + b"zz\r\n",
    "a chunk of a huge length": (
        request(headers=(b"Transfer-Encoding: chunked",)) + b"f" * 17 + b"\r\n"
    ),
    "a method in lower case": request(method=b"get"),
    "CONNECT": request("evil.example:443", method=b"CONNECT"),
    "a space in the target": request("/a b"),
    "raw bytes in the target": request(b"/auth/\xff\xfe"),
    "a raw NUL in the target": request(b"/a\x00b"),
    "an unknown version": b"GET / HTTP/7.7\r\n\r\n",
    "HTTP/2 without an upgrade": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "noise": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("case", MALFORMED_HTTP)
def test_malformed_http_gets_a_problem_and_closes_the_connection(target: Target, case: str) -> None:
    responses = exchange(target, MALFORMED_HTTP[case].replace(b"%ID%", b"noise"))
    assert len(responses) == 1, "The smuggled request was processed."
    assert_problem(responses[0], 400, "validation_error")
    assert responses[0].headers["connection"] == "close"
    assert count_log_lines(target, responses[0].headers["x-request-id"]) == 1


def assert_problem(response: RawResponse, status: int, code: str) -> None:
    assert response.headers["content-type"] == "application/problem+json", response
    problem = json.loads(response.body)
    assert (response.status, problem["status"], problem["code"]) == (status, status, code)
    assert response.headers["x-content-type-options"] == "nosniff"


def count_log_lines(target: Target, request_id: str) -> int:
    """Return the number of log lines of that request, after waiting for the first one."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    needle = f'"request_id":"{request_id}"'
    while needle not in target.log and time.monotonic() < deadline:
        time.sleep(0.01)
    return target.log.count(needle)


@pytest.mark.parametrize(
    "bulk",
    [
        request("/" + "a" * 70_000, method=b"GET"),
        request("/api/spaces?cursor=" + "a" * 70_000, method=b"GET"),
        request(method=b"GET", headers=(b"X-Note: " + b"a" * 300_000,)),
        request(method=b"GET", headers=tuple(b"X-Note-%d: a" % n for n in range(20_000))),
    ],
    ids=["path", "query", "header", "headers"],
)
def test_the_size_of_the_head_is_limited(target: Target, bulk: bytes) -> None:
    (response,) = exchange(target, bulk.replace(b"%ID%", b"bulk"))
    assert response.headers["content-type"] == "application/problem+json"
    assert 400 <= response.status < 500


def test_pipelined_requests_are_answered_in_order(target: Target) -> None:
    request_line = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /auth/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    responses = exchange(target, request_line % b"/health/live" + request_line % b"/none" + last)
    assert [response.status for response in responses] == [200, 404, 401]


def test_a_client_that_expects_100_continue_gets_it(target: Target) -> None:
    body = b'{"email": "a", "password": "b"}'
    head = request(headers=(b"Expect: 100-continue",), length=str(len(body)).encode())
    with socket.create_connection(target.address, timeout=TIMEOUT_SECONDS) as client:
        client.sendall(head.replace(b"%ID%", b"expects"))
        assert client.recv(65536).startswith(b"HTTP/1.1 100")
        client.sendall(body)
        assert client.recv(65536).startswith(b"HTTP/1.1 401")


@pytest.fixture(scope="module")
def member(target: Target) -> dict[str, str]:
    return {"Authorization": f"Bearer {log_in(target, 'member')}"}


@pytest.mark.parametrize("key", [b"", b"a b", b"\xff", b"a" * 256, b"a\tb"], ids=repr)
def test_an_invalid_idempotency_key_is_rejected(
    target: Target, member: dict[str, str], key: bytes
) -> None:
    headers = {name.encode(): value.encode() for name, value in member.items()}
    response = post(
        f"{target.url}/api/bookings/quote",
        headers=headers | {b"Idempotency-Key": key},
        json={},
        timeout=20,
    )
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")


@pytest.mark.parametrize("host", [b"", b"[::1", b"a b", b"x:99999999", b"\xff\xfe", b"<script>"])
def test_an_invalid_host_header_does_no_harm(
    target: Target, member: dict[str, str], host: bytes
) -> None:
    bearer = f"Authorization: {member['Authorization']}\r\n".encode()
    head = b"POST /api/calendar-feed HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n" % host
    (response,) = exchange(target, head + bearer + b"\r\n")
    assert response.status < 500, response
