"""What comes over the wire, byte by byte: a 4xx problem each time, logged once, and no harm."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest

from tests.hostile.conftest import Target, token_of
from tests.processes import get, post

FOREVER_SECONDS = 30
MIB = 1024 * 1024
DEEP = b"[" * 100_000 + b"]" * 100_000


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer as it came."""

    status: int
    headers: dict[str, str]
    body: bytes


def talk(target: Target, sent: bytes) -> list[Answered]:
    """Send it, and hear all answers until the connection is closed."""
    with socket.create_connection(target.address, timeout=FOREVER_SECONDS) as client:
        heard = b""
        # It may have answered and closed before all was sent.
        with suppress(OSError):
            client.sendall(sent)
        with suppress(ConnectionResetError):
            while more := client.recv(65536):
                heard += more
    return list(_answers(heard))


def _answers(heard: bytes) -> Iterator[Answered]:
    while heard:
        head, _, heard = heard.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value for name, _, value in (line.partition(": ") for line in lines)
        }
        length = int(headers.get("content-length", 0))
        yield Answered(int(first.split(" ")[1]), headers, heard[:length])
        heard = heard[length:]


def request(
    target: str | bytes = "/auth/login",
    body: bytes = b"",
    *,
    method: bytes = b"POST",
    headers: tuple[bytes, ...] = (),
    length: bytes | None = None,
    content_type: bytes = b"application/json",
) -> bytes:
    """A request whose parts may be anything. `%ID%` stands for its X-Request-ID."""
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


READABLE: dict[str, tuple[bytes, int, str]] = {
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
    "a content type of nonsense": (
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
    "a way up": (request("/../../etc/passwd", method=b"GET"), 404, "not_found"),
    "an encoded way up": (request("/%2e%2e%2fetc%2fpasswd", method=b"GET"), 404, "not_found"),
    "two slashes": (request("//evil.example/", method=b"GET"), 404, "not_found"),
    "a parameter twice": (
        request("/api/spaces?limit=1&limit=2", method=b"GET"),
        400,
        "validation_error",
    ),
    "null as a word": (
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
    "an absolute address": (request("http://evil.example/none", method=b"GET"), 404, "not_found"),
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
"""What is HTTP, and no more than that: the request, and the problem that answers it."""


@pytest.mark.parametrize("case", READABLE)
def test_what_can_be_read_is_refused_for_what_it_is_and_logged_once(
    target: Target, case: str
) -> None:
    sent, status, code = READABLE[case]
    request_id = f"wire-{list(READABLE).index(case)}"
    (answer,) = talk(target, sent.replace(b"%ID%", request_id.encode()))
    is_problem(answer, status, code)
    assert answer.headers["x-request-id"] == request_id
    assert times_logged(target, request_id) == 1
    assert get(f"{target.url}/health", timeout=20).status_code == 200


UNREADABLE: dict[str, bytes] = {
    "a length and chunks": request(
        body=b"0\r\n\r\nGET /api/users HTTP/1.1\r\nHost: x\r\n\r\n",
        headers=(b"Transfer-Encoding: chunked",),
    ),
    "chunks hidden by case": request(
        body=b"0\r\n\r\n", headers=(b"tRANSFER-eNCODING: CHUNKED",), length=b"5"
    ),
    "two lengths": request(body=b"{}", headers=(b"Content-Length: 3",)),
    "a length of nonsense": request(body=b"{}", length=b"0x2"),
    "a length with a sign": request(body=b"{}", length=b"+2"),
    "a blank before the colon": request(headers=(b"Content-Length : 2",)),
    "a NUL in a header": request(headers=(b"X-Note: a\x00b",)),
    "a bare line feed in a header": request(headers=(b"X-Note: a\rb",)),
    "chunks of no length": request(headers=(b"Transfer-Encoding: chunked",)) + b"zz\r\n",
    "a chunk of a huge length": (
        request(headers=(b"Transfer-Encoding: chunked",)) + b"f" * 17 + b"\r\n"
    ),
    "a method in lower case": request(method=b"get"),
    "CONNECT": request("evil.example:443", method=b"CONNECT"),
    "a blank in the address": request("/a b"),
    "raw bytes in the address": request(b"/auth/\xff\xfe"),
    "a raw NUL in the address": request(b"/a\x00b"),
    "an unknown version": b"GET / HTTP/7.7\r\n\r\n",
    "HTTP/2 without a word": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "noise": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_is_no_http_is_a_problem_too_and_the_end_of_the_connection(
    target: Target, case: str
) -> None:
    answers = talk(target, UNREADABLE[case].replace(b"%ID%", b"noise"))
    assert len(answers) == 1, "What was smuggled in has been answered."
    is_problem(answers[0], 400, "validation_error")
    assert answers[0].headers["connection"] == "close"
    assert times_logged(target, answers[0].headers["x-request-id"]) == 1


def is_problem(answer: Answered, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json", answer
    problem = json.loads(answer.body)
    assert (answer.status, problem["status"], problem["code"]) == (status, status, code)
    assert answer.headers["x-content-type-options"] == "nosniff"


def times_logged(target: Target, request_id: str) -> int:
    """How many log lines tell of that request, waiting a moment for the first."""
    deadline = time.monotonic() + FOREVER_SECONDS
    needle = f'"request_id":"{request_id}"'
    while needle not in target.told and time.monotonic() < deadline:
        time.sleep(0.01)
    return target.told.count(needle)


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
def test_a_head_may_be_long_but_not_without_end(target: Target, bulk: bytes) -> None:
    (answer,) = talk(target, bulk.replace(b"%ID%", b"bulk"))
    assert answer.headers["content-type"] == "application/problem+json"
    assert 400 <= answer.status < 500


def test_requests_in_a_pipeline_are_answered_each_in_its_turn(target: Target) -> None:
    keep = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /auth/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    answers = talk(target, keep % b"/health/live" + keep % b"/none" + last)
    assert [answer.status for answer in answers] == [200, 404, 401]


def test_a_client_that_waits_to_be_told_to_go_on_is_told(target: Target) -> None:
    body = b'{"email": "a", "password": "b"}'
    head = request(headers=(b"Expect: 100-continue",), length=str(len(body)).encode())
    with socket.create_connection(target.address, timeout=FOREVER_SECONDS) as client:
        client.sendall(head.replace(b"%ID%", b"expects"))
        assert client.recv(65536).startswith(b"HTTP/1.1 100")
        client.sendall(body)
        assert client.recv(65536).startswith(b"HTTP/1.1 401")


@pytest.fixture(scope="module")
def member(target: Target) -> dict[str, str]:
    return {"Authorization": f"Bearer {token_of(target, 'member')}"}


@pytest.mark.parametrize("key", [b"", b"a b", b"\xff", b"a" * 256, b"a\tb"], ids=repr)
def test_a_key_of_no_sense_is_refused(target: Target, member: dict[str, str], key: bytes) -> None:
    headers = {name.encode(): value.encode() for name, value in member.items()}
    answer = post(
        f"{target.url}/api/bookings/quote",
        headers=headers | {b"Idempotency-Key": key},
        json={},
        timeout=20,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "validation_error")


@pytest.mark.parametrize("host", [b"", b"[::1", b"a b", b"x:99999999", b"\xff\xfe", b"<script>"])
def test_a_host_of_no_sense_does_no_harm(
    target: Target, member: dict[str, str], host: bytes
) -> None:
    bearer = f"Authorization: {member['Authorization']}\r\n".encode()
    head = b"POST /api/calendar-feed HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n" % host
    (answer,) = talk(target, head + bearer + b"\r\n")
    assert answer.status < 500, answer
