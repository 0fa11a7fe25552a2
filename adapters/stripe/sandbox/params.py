"""Request parameters: form-encoded, with bracketed keys.

For example `line_items[0][price_data][currency]=usd`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adapters.stripe.sandbox.errors import (
    ApiError,
    invalid_param,
    missing_param,
    unknown_param,
)

_MAX_FIELDS = 1000
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_KEY_PART = re.compile(r"\[([^\[\]]*)\]")


def parse_form(text: str) -> dict[str, Any]:
    """Return the nested values. Leaves are strings; a hash with only numeric keys is a list."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    except ValueError as error:
        raise ApiError(f"Invalid request body: {error}") from None
    tree: dict[str, Any] = {}
    for key, value in pairs:
        _insert(tree, key, value)
    return {name: _with_lists(value) for name, value in tree.items()}


def _insert(tree: dict[str, Any], key: str, value: str) -> None:
    match = _KEY.fullmatch(key)
    if match is None:
        raise ApiError(f"Invalid parameter name: {key}", param=key)
    parts = [match[1], *_KEY_PART.findall(match[2])]
    branch = tree
    for part in parts[:-1]:
        branch = branch.setdefault(part, {})
        if not isinstance(branch, dict):
            raise invalid_param(match[1], f"Invalid {match[1]}: it is both a value and a hash.")
    last = parts[-1]
    branch[str(len(branch)) if last == "" else last] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    nested = {name: _with_lists(part) for name, part in value.items()}
    if nested and all(name.isdigit() for name in nested):
        return [nested[name] for name in sorted(nested, key=int)]
    return nested


@dataclass(frozen=True)
class Params:
    """The parameters of a request. Each reader raises Stripe's error, which names the parameter.

    `prefix` is the key of the hash that holds these parameters; empty at the top level.
    """

    values: Mapping[str, Any]
    prefix: str = ""

    def allow(self, names: Iterable[str]) -> None:
        """Raise `parameter_unknown` for any parameter that is not in `names`."""
        for name in self.values:
            if name not in names:
                raise unknown_param(self._key(name))

    def string(self, name: str) -> str | None:
        """Return a string; None if it is absent or empty."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid_param(self._key(name), f"Invalid string: {value}")
        return value or None

    def required(self, name: str) -> str:
        """Return a string. Raises `parameter_missing` if it is absent or empty."""
        value = self.string(name)
        if value is None:
            raise missing_param(self._key(name))
        return value

    def enum(self, name: str, *values: str) -> str | None:
        """Return one of `values`, or None if the parameter is absent."""
        value = self.string(name)
        if value is not None and value not in values:
            allowed = ", ".join(values)
            raise invalid_param(self._key(name), f"Invalid {name}: must be one of {allowed}")
        return value

    def integer(self, name: str, *, min_value: int = 0) -> int | None:
        """Return an integer, or None if the parameter is absent."""
        value = self.string(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d{1,15}", value):
            raise ApiError(
                f"Invalid integer: {value}",
                code="parameter_invalid_integer",
                param=self._key(name),
            )
        if int(value) < min_value:
            raise ApiError(
                f"This value must be greater than or equal to {min_value}.",
                code="parameter_invalid_integer",
                param=self._key(name),
            )
        return int(value)

    def boolean(self, name: str, *, default: bool = False) -> bool:
        """Return whether the value is `true`, not `false`."""
        value = self.enum(name, "true", "false")
        return default if value is None else value == "true"

    def url(self, name: str) -> str | None:
        """Return an absolute HTTP or HTTPS URL, or None if the parameter is absent."""
        value = self.string(name)
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ApiError("Not a valid URL", code="url_invalid", param=self._key(name))
        return value

    def hash(self, name: str) -> "Params":
        """Return the parameters of a hash; empty if it is absent."""
        value = self.values.get(name) or {}
        if not isinstance(value, dict):
            raise invalid_param(self._key(name), "Invalid object")
        return Params(value, self._key(name))

    def hashes(self, name: str) -> list["Params"]:
        """Return the parameters of each hash in an array; empty if it is absent."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise invalid_param(self._key(name), "Invalid array")
        return [Params(item, f"{self._key(name)}[{index}]") for index, item in enumerate(value)]

    def strings(self, name: str) -> list[str]:
        """Return an array of strings; empty if it is absent."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise invalid_param(self._key(name), "Invalid array")
        return value

    def metadata(self, current: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return `current` merged with the request's metadata; an empty value removes its key."""
        changes = self.hash("metadata").values
        if not all(isinstance(value, str) for value in changes.values()):
            raise invalid_param(self._key("metadata"), "Metadata values must be strings")
        merged = {**(current or {}), **changes}
        return {name: value for name, value in merged.items() if value}

    def _key(self, name: str) -> str:
        return f"{self.prefix}[{name}]" if self.prefix else name
