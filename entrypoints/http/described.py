"""The document in words: names, summaries, and a sentence for whatever has none of its own."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from entrypoints.http.codes import Code, all_codes
from entrypoints.http.examples import EXAMPLES
from entrypoints.http.fields import USUAL_YEARS
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE
from entrypoints.http.wording import FIELDS, PARAMETERS

Json = dict[str, Any]

_SCHEMAS = "#/components/schemas/"
_LIST = re.compile(r"ListBody_(?:.+\.)?(\w+)Body_")
_NOTHING_FOLLOWS = {"200": "Taken.", "202": "Taken on.", "204": "Done."}
_BOOKING_STATUS = {"$ref": f"{_SCHEMAS}BookingStatus"}
_MORE_OF_PROBLEMS: dict[str, Json] = {
    "alternatives": {"type": "array", "items": {"$ref": f"{_SCHEMAS}Period"}},
    "from": _BOOKING_STATUS,
    "to": _BOOKING_STATUS,
}


def describe(document: Json) -> Json:
    """The document with all that it takes to be read by people."""
    codes = all_codes()
    _describe_schemas(document["components"]["schemas"], codes)
    named: Json = _renamed(document)
    named["components"]["examples"] = {
        name: {"summary": code.meaning, "value": code.example()} for name, code in codes.items()
    }
    for path in named["paths"].values():
        for operation in path.values():
            operation["summary"] = operation["operationId"].replace("_", " ").capitalize()
            for parameter in operation.get("parameters", ()):
                _describe_parameter(parameter)
            for status, answer in operation["responses"].items():
                _describe_answer(status, answer, named["components"]["schemas"], codes)
    return named


def _describe_schemas(schemas: Json, codes: dict[str, Code]) -> None:
    told = {kind.__name__: kind.__doc__ or "" for kind in _structs(msgspec.Struct)}
    for schema in schemas.values():
        kind = schema["title"].partition("[")[0]
        if kind in told:
            schema["description"] = " ".join(told[kind].split())
    problem = schemas["Problem"]
    problem["properties"] |= {name: dict(more) for name, more in _MORE_OF_PROBLEMS.items()}
    problem["properties"]["errors"].pop("default")
    problem["description"] += "\n\n" + _table(codes)
    for name, schema in schemas.items():
        schema["title"] = _new_name(name)
        for field, inner in schema.get("properties", {}).items():
            wording = FIELDS.get(f"{schema['title']}.{field}") or FIELDS.get(field)
            if "$ref" not in inner and wording:
                inner["description"] = wording
        if schema["title"] in EXAMPLES:
            schema["examples"] = [EXAMPLES[schema["title"]]]


def _structs(kind: type[Any]) -> Iterator[type[Any]]:
    for sub in kind.__subclasses__():
        if sub.__module__.startswith(__name__.partition(".")[0]):
            yield sub
        yield from _structs(sub)


def _table(codes: dict[str, Code]) -> str:
    lines = [f"| `{code.name}` | {code.status} | {code.meaning} |" for code in codes.values()]
    return "\n".join(["| code | status | |", "|---|---|---|", *lines])


def _new_name(name: str) -> str:
    """`BookingList`, `Booking`: without what only this program needs to tell them apart."""
    if of_what := _LIST.fullmatch(name):
        return f"{of_what[1]}List"
    return name.removesuffix("Body")


def _renamed(part: Any) -> Any:
    """The same with the new names, and without choices among one."""
    match part:
        case {"schemas": schemas} if isinstance(schemas, dict):
            named = {_new_name(name): _renamed(schema) for name, schema in schemas.items()}
            if len(named) != len(schemas):
                raise ValueError("Two schemas would have one name.")
            return {name: _renamed(other) for name, other in part.items()} | {"schemas": named}
        case {"oneOf": [only], **rest}:
            return _renamed(only | rest)
        case {"$ref": str(target), **rest}:
            folder, _, name = target.rpartition("/")
            return {"$ref": f"{folder}/{_new_name(name)}"} | rest
        case dict():
            return {name: _renamed(inner) for name, inner in part.items()}
        case list():
            return [_renamed(inner) for inner in part]
        case _:
            return part


def _describe_parameter(parameter: Json) -> None:
    if parameter.get("description", USUAL_YEARS) == USUAL_YEARS:
        parameter["description"] = PARAMETERS[parameter["name"]]


def _describe_answer(status: str, answer: Json, schemas: Json, codes: dict[str, Code]) -> None:
    content = answer.get("content", {})
    if PROBLEM_MEDIA_TYPE in content:
        named = re.findall(r"`(\w+)`", answer["description"])
        answer["description"] = "\n".join(f"- `{name}`: {codes[name].meaning}" for name in named)
        content[PROBLEM_MEDIA_TYPE]["examples"] = {
            name: {"$ref": f"#/components/examples/{name}"} for name in named
        }
    elif status.startswith("2"):
        told = content.get("application/json", {}).get("schema", {}).get("$ref")
        if told is not None:
            whole = schemas[told.removeprefix(_SCHEMAS)]["description"]
            answer["description"] = re.split(r"(?<=\.) ", whole)[0]
        else:
            answer["description"] = "The document." if content else _NOTHING_FOLLOWS[status]
