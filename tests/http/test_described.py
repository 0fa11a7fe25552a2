"""The OpenAPI document in words: nothing is left undescribed, and no example is made up."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import msgspec
import pytest

from entrypoints.container import Container
from entrypoints.http.app import litestar_app
from entrypoints.http.codes import all_codes
from entrypoints.http.document import openapi_document
from entrypoints.http.examples import EXAMPLES
from entrypoints.http.fields import decode_field
from entrypoints.http.schemas.common import ONE_LINE, request_bodies
from entrypoints.http.wording import FIELDS, PARAMETERS
from entrypoints.settings import Settings
from tests.readme.documents import ROOT

REQUESTS = {body.__name__.removesuffix("Body"): body for body in request_bodies()}


@cache
def document() -> Any:
    return openapi_document(litestar_app(Container(settings=Settings())))


def operations() -> list[dict[str, Any]]:
    return [operation for path in document()["paths"].values() for operation in path.values()]


def schemas() -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"]
    return found


def fits(example: Any, schema: str) -> None:
    """Raise unless the example is what the document says."""
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document()["components"]}
    jsonschema_rs.validator_for(whole, validate_formats=True).validate(example)


def test_every_operation_has_a_title_of_its_own_and_a_sentence() -> None:
    summaries = [operation["summary"] for operation in operations()]
    assert len(set(summaries)) == len(summaries)
    assert all(re.fullmatch(r"[A-Z][a-z ]+", summary) for summary in summaries)
    assert all(operation["description"].endswith(".") for operation in operations())


def test_every_parameter_and_answer_is_described() -> None:
    for operation in operations():
        for described in [*operation.get("parameters", ()), *operation["responses"].values()]:
            assert described["description"].endswith("."), (operation["operationId"], described)


def test_every_schema_and_field_is_described() -> None:
    for name, schema in schemas().items():
        assert schema["description"], name
        for field, inner in schema.get("properties", {}).items():
            # Those that refer to a schema are described there.
            assert "$ref" in inner or inner.get("description"), f"{name}.{field}"


def test_no_word_is_about_what_there_is_not() -> None:
    parameters = {
        parameter["name"]
        for operation in operations()
        for parameter in operation.get("parameters", ())
    }
    fields = {
        called
        for name, schema in schemas().items()
        for field in schema.get("properties", {})
        for called in (field, f"{name}.{field}")
    }
    assert set(PARAMETERS) <= parameters
    assert set(FIELDS) <= fields
    assert set(EXAMPLES) <= set(schemas())


def test_names_say_nothing_of_modules() -> None:
    assert all(re.fullmatch(r"[A-Z][A-Za-z]+", name) for name in schemas())
    assert b"entrypoints" not in msgspec.json.encode(document())


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_are_what_their_schemas_say(name: str) -> None:
    fits(EXAMPLES[name], name)
    if name in REQUESTS:
        msgspec.convert(EXAMPLES[name], REQUESTS[name], dec_hook=decode_field)
    else:
        assert EXAMPLES[name].keys() == schemas()[name]["properties"].keys()


@pytest.mark.parametrize("name", all_codes())
def test_every_code_is_told_with_a_problem_that_fits(name: str) -> None:
    assert f"| `{name}` | " in schemas()["Problem"]["description"]
    fits(document()["components"]["examples"][name]["value"], "Problem")


def test_the_guides_list_every_code_as_it_is() -> None:
    listed = (ROOT / "docs/api/README.md").read_text()
    for code in all_codes().values():
        assert f"| `{code.name}` | {code.status} | {code.meaning} |" in listed


def test_the_headers_that_are_promised_are_told() -> None:
    headers = {
        (operation["operationId"], status): set(answer["headers"])
        for operation in operations()
        for status, answer in operation["responses"].items()
    }
    assert {"ETag", "Location", "Idempotency-Replayed"} <= headers["create_booking", "201"]
    assert {"ETag", "Location"} <= headers["create_space", "201"]
    for versioned in ("get_booking", "change_booking", "cancel_booking", "get_space"):
        assert "ETag" in headers[versioned, "200"]
    assert "Idempotency-Replayed" in headers["open_checkout", "409"]
    assert "Idempotency-Replayed" not in headers["open_checkout", "503"]


def strings(part: Any) -> Iterator[dict[str, Any]]:
    """Every string that part of the document allows, but for the choices of a word."""
    match part:
        case {"type": "string"} if "enum" not in part:
            yield part
        case dict() | list():
            for inner in part.values() if isinstance(part, dict) else part:
                yield from strings(inner)


def test_no_string_of_a_request_may_have_nul() -> None:
    asked = [schemas()[name]["properties"] for name in REQUESTS]
    asked += [
        parameter["schema"]
        for operation in operations()
        for parameter in operation.get("parameters", ())
    ]
    assert len(list(strings(asked))) > 50
    for schema in strings(asked):
        if "format" not in schema:
            assert not re.search(schema["pattern"], "a\0b"), schema


def test_a_line_is_one_to_the_document_and_to_the_decoder() -> None:
    line = {"type": "string", "pattern": ONE_LINE}
    for text in ("Ada", " a ", "Ünal \u2615", "Ada\n", "\nAda", "A\r\nda", "A\0da", " ", ""):
        is_one = text.strip() != "" and not set("\0\r\n") & set(text)
        assert jsonschema_rs.validator_for(line).is_valid(text) == is_one
        assert (re.search(ONE_LINE, text) is not None) == is_one
