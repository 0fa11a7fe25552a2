"""Form-encoded requests with bracketed keys: `line_items[0][price_data][currency]=usd`."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adapters.stripe.sandbox.failures import ApiError, invalid, missing, unknown

_MOST_FIELDS = 1000
_KEY = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_PART = re.compile(r"\[([^\[\]]*)\]")


def decoded(text: str) -> dict[str, Any]:
    """The nested values; every leaf is text, and keys that count up make a list."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise ApiError(f"Invalid request body: {error}") from None
    tree: dict[str, Any] = {}
    for key, value in pairs:
        _put(tree, key, value)
    return {name: _with_lists(value) for name, value in tree.items()}


def _put(tree: dict[str, Any], key: str, value: str) -> None:
    match = _KEY.fullmatch(key)
    if match is None:
        raise ApiError(f"Invalid parameter name: {key}", param=key)
    parts = [match[1], *_PART.findall(match[2])]
    branch = tree
    for part in parts[:-1]:
        branch = branch.setdefault(part, {})
        if not isinstance(branch, dict):
            raise invalid(match[1], f"Invalid {match[1]}: it is both a value and a hash.")
    last = parts[-1]
    branch[str(len(branch)) if last == "" else last] = value


def _with_lists(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _with_lists(part) for name, part in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


@dataclass(frozen=True)
class Params:
    """What a request asks for. Each reader raises Stripe's error, naming the parameter."""

    values: Mapping[str, Any]
    prefix: str = ""

    def allow(self, names: Iterable[str]) -> None:
        """Raise when there is any other."""
        for name in self.values:
            if name not in names:
                raise unknown(self._name(name))

    def text(self, name: str) -> str | None:
        """A value, None if it was left out or is empty."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise invalid(self._name(name), f"Invalid string: {value}")
        return value or None

    def required(self, name: str) -> str:
        """A value that must be there."""
        value = self.text(name)
        if value is None:
            raise missing(self._name(name))
        return value

    def one_of(self, name: str, *choices: str) -> str | None:
        """One of these words."""
        value = self.text(name)
        if value is not None and value not in choices:
            wanted = ", ".join(choices)
            raise invalid(self._name(name), f"Invalid {name}: must be one of {wanted}")
        return value

    def integer(self, name: str, *, least: int = 0) -> int | None:
        """A whole number, as digits."""
        value = self.text(name)
        if value is None:
            return None
        if not re.fullmatch(r"-?\d{1,15}", value):
            raise ApiError(
                f"Invalid integer: {value}",
                code="parameter_invalid_integer",
                param=self._name(name),
            )
        if int(value) < least:
            raise ApiError(
                f"This value must be greater than or equal to {least}.",
                code="parameter_invalid_integer",
                param=self._name(name),
            )
        return int(value)

    def boolean(self, name: str, *, default: bool = False) -> bool:
        """The words `true` and `false`."""
        value = self.one_of(name, "true", "false")
        return default if value is None else value == "true"

    def address(self, name: str) -> str | None:
        """An absolute web address."""
        value = self.text(name)
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ApiError("Not a valid URL", code="url_invalid", param=self._name(name))
        return value

    def group(self, name: str) -> "Params":
        """A hash; an empty one if it was left out."""
        value = self.values.get(name) or {}
        if not isinstance(value, dict):
            raise invalid(self._name(name), "Invalid object")
        return Params(value, self._name(name))

    def groups(self, name: str) -> list["Params"]:
        """An array of hashes."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise invalid(self._name(name), "Invalid array")
        return [Params(item, f"{self._name(name)}[{at}]") for at, item in enumerate(value)]

    def texts(self, name: str) -> list[str]:
        """An array of values."""
        value = self.values.get(name) or []
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise invalid(self._name(name), "Invalid array")
        return value

    def metadata(self, before: Mapping[str, str] | None = None) -> dict[str, str]:
        """What was there with the changes; an empty value takes its key away."""
        changes = self.group("metadata").values
        if not all(isinstance(value, str) for value in changes.values()):
            raise invalid(self._name("metadata"), "Metadata values must be strings")
        merged = {**(before or {}), **changes}
        return {name: value for name, value in merged.items() if value}

    def _name(self, name: str) -> str:
        return f"{self.prefix}[{name}]" if self.prefix else name
