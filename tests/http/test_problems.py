"""Every invalid request is answered with a problem that names the cause, and never with a 5xx."""

from typing import Any

import pytest

from tests.http.service import Service, booking_body

JSON = {"content-type": "application/json"}
DEEP = b"[" * 100_000

UNREADABLE_BODIES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 400, "validation_error"),
    "no JSON": (b"email=a", 400, "malformed_json"),
    "JSON that is cut off": (b'{"email": "a', 400, "malformed_json"),
    "JSON with more behind it": (b'{"email": "a"} x', 400, "malformed_json"),
    "broken UTF-8": (b'{"email": "\xff\xfe"}', 400, "malformed_json"),
    "broken UTF-8 alone": (b'"\xff"', 400, "malformed_json"),
    "a byte order mark": (b"\xef\xbb\xbf{}", 400, "malformed_json"),
    "a lone surrogate": (b'{"email": "\\ud800"}', 400, "malformed_json"),
    "NaN": (b'{"email": NaN}', 400, "malformed_json"),
    "Infinity": (b'{"email": -Infinity}', 400, "malformed_json"),
    "an array": (b"[]", 400, "validation_error"),
    "null": (b"null", 400, "validation_error"),
    "a huge exponent": (b'{"email": 1e1000000}', 400, "validation_error"),
    "a hundred thousand levels": (DEEP, 400, "malformed_json"),
    "a hundred thousand objects": (b'{"a":' * 100_000, 400, "malformed_json"),
    "deep within a field": (b'{"email":' + DEEP, 400, "malformed_json"),
    "some hundred levels, and NUL": (
        b"[" * 900 + b'"\\u0000"' + b"]" * 900,
        400,
        "malformed_json",
    ),
    "over a mebibyte": (b'{"email": "' + b"a" * 1024 * 1024 + b'"}', 413, "body_too_large"),
}


@pytest.mark.parametrize(
    "body, status, code", UNREADABLE_BODIES.values(), ids=list(UNREADABLE_BODIES)
)
async def test_an_unreadable_body_is_rejected(
    service: Service, body: bytes, status: int, code: str
) -> None:
    await service.anonymous.expect_problem(
        status, code, "POST", "/auth/login", content=body, headers=JSON
    )
    assert (await service.anonymous.get("/health")).status_code == 200


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        None,
    ],
)
async def test_a_body_has_to_be_declared_as_json(
    service: Service, content_type: str | None
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    await service.anonymous.expect_problem(
        415, "unsupported_media_type", "POST", "/auth/login", content=b"{}", headers=headers
    )


async def test_a_chunked_body_past_the_limit_is_rejected(service: Service) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b"a" * 100_000

    await service.anonymous.expect_problem(
        413, "body_too_large", "POST", "/auth/login", content=chunks(), headers=JSON
    )


async def test_each_invalid_field_is_named(service: Service) -> None:
    admin = await service.an_admin()
    body = {
        "name": "",
        "space_type": "BROOM_CUPBOARD",
        "hourly_rate": "1.234",
        "amenities": ["tea", 5],
        "opening_hours": {"monday": [["18:00", "09:00"]]},
        "colour": "blue",
    }
    problem = await admin.expect_problem(400, "validation_error", "POST", "/api/spaces", json=body)
    assert {error["field"] for error in problem["errors"]} == {
        "name",
        "space_type",
        "capacity",
        "hourly_rate",
        "amenities[1]",
        "opening_hours",
        "colour",
    }


@pytest.mark.parametrize(
    "rate",
    ["-1", "1.234", "NaN", "1e3", "1000000.01", 1.5, -1, 1_000_001, True, "", " 1", "\u0661"],
    ids=repr,
)
async def test_only_valid_amounts_are_accepted_as_money(service: Service, rate: object) -> None:
    admin = await service.an_admin()
    body = {"name": "Room", "space_type": "MEETING_ROOM", "capacity": 1, "hourly_rate": rate}
    problem = await admin.expect_problem(400, "validation_error", "POST", "/api/spaces", json=body)
    assert [error["field"] for error in problem["errors"]] == ["hourly_rate"]


async def test_a_duplicate_field_is_rejected(service: Service) -> None:
    body = b'{"email": "ada@example.com", "password": "one", "password": "other"}'
    problem = await service.anonymous.expect_problem(
        400, "validation_error", "POST", "/auth/login", content=body, headers=JSON
    )
    assert [error["field"] for error in problem["errors"]] == ["password"]


async def test_nul_is_rejected_wherever_it_occurs(service: Service) -> None:
    admin = await service.an_admin()
    body = {"name": "Room\0", "space_type": "MEETING_ROOM", "capacity": 1, "hourly_rate": 1}
    problem = await admin.expect_problem(
        400, "validation_error", "POST", "/api/spaces", json=body | {"amenities": ["\0"]}
    )
    assert [error["field"] for error in problem["errors"]] == ["name", "amenities[0]"]


@pytest.mark.parametrize(
    "path",
    [
        "/api/spaces/%00",
        "/api/spaces/%ff",
        "/api/spaces/%ed%a0%80",
        "/api/spaces?cursor=%00",
        "/api/spaces?space_type=%ff",
        "/%00",
        "/auth%00/me",
    ],
)
async def test_a_path_that_is_no_text_is_rejected(service: Service, path: str) -> None:
    await service.anonymous.expect_problem(400, "validation_error", "GET", path)


@pytest.mark.parametrize(
    "query, field",
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("limit=99999999999999999999999", "limit"),
        ("limit=1e1000000", "limit"),
        ("cursor=nonsense", "cursor"),
        ("cursor=W10", "cursor"),
        ("cursor=%C3%A9", "cursor"),
        ("space_type=BROOM_CUPBOARD", "space_type"),
        ("is_active=perhaps", "is_active"),
        ("min_capacity=0", "min_capacity"),
        ("available_from=2026-03-02T09:00:00Z", "available_to"),
        ("available_from=today&available_to=2026-03-02T09:00:00Z", "available_from"),
        ("available_from=2026-03-02T09:00:00&available_to=2026-03-02T10:00:00", "available_from"),
        (
            "available_from=0001-01-01T00:00:00%2B14:00&available_to=9999-12-31T23:59:59-14:00",
            "available_from",
        ),
        ("available_from=2026-03-02T09:00:00Z&available_to=2026-03-02T09:00:00Z", "available_to"),
    ],
)
async def test_an_invalid_query_names_its_field(service: Service, query: str, field: str) -> None:
    problem = await service.anonymous.expect_problem(
        400, "validation_error", "GET", f"/api/spaces?{query}"
    )
    assert field in [error["field"] for error in problem["errors"]]


@pytest.mark.parametrize(
    "start, end",
    [
        ("0001-01-01T00:00:00+14:00", "2026-03-02T10:00:00Z"),
        ("2026-03-02T09:00:00Z", "9999-12-31T23:59:59-14:00"),
        ("2026-03-02T09:00:00", "2026-03-02T10:00:00"),
        ("2026-03-02", "2026-03-03"),
        (1772442000, 1772445600),
        ("2026-02-30T09:00:00Z", "2026-03-02T10:00:00Z"),
    ],
)
async def test_a_time_needs_an_offset_and_a_supported_year(
    service: Service, start: object, end: object
) -> None:
    member, room = await service.a_person(), await service.a_space()
    body = booking_body(room, 9, 10) | {"start_time": start, "end_time": end}
    await member.expect_problem(400, "validation_error", "POST", "/api/bookings", json=body)


async def test_an_unknown_path_is_not_found(service: Service) -> None:
    await service.anonymous.expect_problem(404, "not_found", "GET", "/nothing/here")
    await service.anonymous.expect_problem(404, "not_found", "GET", "/api/spaces/no-uuid")


async def test_an_unsupported_method_lists_the_supported_ones(service: Service) -> None:
    response = await service.anonymous.delete("/auth/me")
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")
    assert "GET" in response.headers["allow"]


async def test_a_request_without_a_token_is_challenged(service: Service) -> None:
    response = await service.anonymous.get("/auth/me")
    assert (response.status_code, response.json()["code"]) == (401, "unauthenticated")
    assert response.headers["www-authenticate"] == "Bearer"


async def test_an_internal_error_reveals_nothing(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError("SELECT secret FROM inside")

    monkeypatch.setattr("adapters.postgres.read_models.list_reader.cut_page", fails)
    response = await service.anonymous.get("/api/spaces")
    assert (response.status_code, response.json()["code"]) == (500, "internal_error")
    assert "secret" not in response.text
    assert "Traceback" not in response.text


async def test_every_response_carries_a_request_id(service: Service) -> None:
    for path in ("/health", "/nothing", "/api/spaces/%00"):
        assert (await service.anonymous.get(path)).headers["x-request-id"]


async def test_a_valid_request_id_of_the_caller_is_echoed(service: Service) -> None:
    async def id_for(sent_id: str) -> str:
        response = await service.anonymous.get("/health", headers={"x-request-id": sent_id})
        return str(response.headers["x-request-id"])

    assert await id_for("job-17:retry_2") == "job-17:retry_2"
    for invalid in ("", "a b", "a" * 129, "<script>"):
        assert await id_for(invalid) != invalid
