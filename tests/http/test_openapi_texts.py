"""The texts of the OpenAPI document: everything is described, and every example is valid."""

import re
from collections.abc import Iterator
from enum import Enum
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from domain.audit import AuditEvent
from domain.bookings import BookingStatus
from domain.spaces import SpaceType
from domain.users import Role
from entrypoints.container import Container
from entrypoints.http.app import litestar_app
from entrypoints.http.fields import decode_field
from entrypoints.http.openapi.error_catalog import error_codes
from entrypoints.http.openapi.examples import EXAMPLES
from entrypoints.http.openapi.postprocess import openapi_document
from entrypoints.http.schemas.common import ONE_LINE, request_bodies
from entrypoints.settings import Settings
from tests.readme.documents import ROOT

REQUESTS = {body.__name__.removesuffix("Body"): body for body in request_bodies()}


@cache
def document() -> Any:
    return openapi_document(litestar_app(Container(settings=Settings())))


def operations() -> list[dict[str, Any]]:
    return [operation for path in document()["paths"].values() for operation in path.values()]


def schemas() -> dict[str, Any]:
    by_name: dict[str, Any] = document()["components"]["schemas"]
    return by_name


def validate(example: Any, schema: dict[str, Any]) -> None:
    """Raise unless the example matches the schema."""
    whole = schema | {"components": document()["components"]}
    jsonschema_rs.validator_for(whole, validate_formats=True).validate(example)


def reference(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def test_every_operation_has_a_unique_summary_and_a_description() -> None:
    summaries = [operation["summary"] for operation in operations()]
    assert len(set(summaries)) == len(summaries)
    assert all(re.fullmatch(r"[A-Z][a-z ]+", summary) for summary in summaries)
    assert all(operation["description"].endswith(".") for operation in operations())


def test_every_parameter_and_response_is_described() -> None:
    for operation in operations():
        for described in [*operation.get("parameters", ()), *operation["responses"].values()]:
            assert described["description"].endswith("."), (operation["operationId"], described)


def test_every_schema_and_field_is_described() -> None:
    for name, schema in schemas().items():
        assert schema["description"], name
        for field, inner in schema.get("properties", {}).items():
            assert inner["description"].endswith("."), f"{name}.{field}"


@pytest.mark.parametrize("enum", [AuditEvent, BookingStatus, Role, SpaceType])
def test_an_enum_is_described_by_its_class_and_not_by_a_field(enum: type[Enum]) -> None:
    assert schemas()[enum.__name__]["description"] == enum.__doc__


def test_there_is_a_schema_for_every_example() -> None:
    assert set(EXAMPLES) <= set(schemas())


def test_the_examples_of_fields_and_parameters_are_valid() -> None:
    fields = [
        inner for schema in schemas().values() for inner in schema.get("properties", {}).values()
    ]
    parameters = [
        parameter["schema"]
        for operation in operations()
        for parameter in operation.get("parameters", ())
    ]
    examples = [
        (example, schema)
        for schema in [*fields, *parameters]
        for example in schema.get("examples", ())
    ]
    assert len(examples) > 30
    for example, schema in examples:
        validate(example, schema)


def test_names_do_not_contain_modules() -> None:
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in schemas())
    assert b"entrypoints" not in msgspec.json.encode(document())


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_match_their_schemas(name: str) -> None:
    validate(EXAMPLES[name], reference(name))
    if name in REQUESTS:
        msgspec.convert(EXAMPLES[name], REQUESTS[name], dec_hook=decode_field)
    else:
        assert EXAMPLES[name].keys() == schemas()[name]["properties"].keys()


@pytest.mark.parametrize("name", error_codes())
def test_every_code_is_listed_with_a_valid_problem(name: str) -> None:
    assert f"| `{name}` | " in schemas()["Problem"]["description"]
    validate(document()["components"]["examples"][name]["value"], reference("Problem"))


def test_the_guide_lists_every_code() -> None:
    listed = (ROOT / "docs/api/README.md").read_text()
    for code in error_codes().values():
        assert f"| `{code.name}` | {code.status} | {code.description} |" in listed


def test_response_headers_are_documented() -> None:
    headers = {
        (operation["operationId"], status): set(response["headers"])
        for operation in operations()
        for status, response in operation["responses"].items()
    }
    assert {"ETag", "Location", "Idempotency-Replayed"} <= headers["create_booking", "201"]
    assert {"ETag", "Location"} <= headers["create_space", "201"]
    for versioned in ("get_booking", "change_booking", "cancel_booking", "get_space"):
        assert "ETag" in headers[versioned, "200"]
    assert "Idempotency-Replayed" in headers["open_checkout", "409"]
    assert "Idempotency-Replayed" not in headers["open_checkout", "503"]


def strings(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every string schema in the part, except enums."""
    match part:
        case {"type": "string"} if "enum" not in part:
            yield part
        case dict() | list():
            for inner in part.values() if isinstance(part, dict) else part:
                yield from strings(inner)


def test_no_string_of_a_request_may_contain_nul() -> None:
    request_schemas = [schemas()[name]["properties"] for name in REQUESTS]
    request_schemas += [
        parameter["schema"]
        for operation in operations()
        for parameter in operation.get("parameters", ())
    ]
    assert len(list(strings(request_schemas))) > 50
    for schema in strings(request_schemas):
        if "format" not in schema:
            assert not re.search(schema["pattern"], "a\0b"), schema


def test_document_and_decoder_agree_on_what_one_line_is() -> None:
    line = {"type": "string", "pattern": ONE_LINE}
    for text in ("Ada", " a ", "Ünal \u2615", "Ada\n", "\nAda", "A\r\nda", "A\0da", " ", ""):
        is_one = text.strip() != "" and not set("\0\r\n") & set(text)
        assert jsonschema_rs.validator_for(line).is_valid(text) == is_one
        assert (re.search(ONE_LINE, text) is not None) == is_one
