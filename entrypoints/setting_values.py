"""The kinds of values that settings have.

Each reads text, and raises a ValueError that says what was expected, never what was given.
"""

import re
from collections.abc import Callable
from email.headerregistry import Address
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from domain.errors import InvalidValue
from domain.users import EmailAddress

Network = IPv4Network | IPv6Network
Choice = TypeVar("Choice", bound=StrEnum)

MIN_SECRET_BYTES = 32
_MINUTES_A_DAY = 24 * 60
_MOST_DIGITS = 9
_ORIGIN = re.compile(r"(?P<scheme>https?)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?")


def number(least: int, most: int) -> Callable[[str], int]:
    """A whole number between the two, both included."""

    def parse(text: str) -> int:
        value = _digits(text)
        if value is None or not least <= value <= most:
            raise ValueError(f"a number from {least} to {most}")
        return value

    return parse


def part_of_a_day(text: str) -> int:
    """A number of minutes that divides a day."""
    minutes = _digits(text)
    if not minutes or _MINUTES_A_DAY % minutes:
        raise ValueError("a number of minutes that divides a day, such as 15")
    return minutes


def one_of(choices: type[Choice]) -> Callable[[str], Choice]:
    """One of the words."""

    def parse(text: str) -> Choice:
        try:
            return choices(text.lower())
        except ValueError:
            raise ValueError(f"one of {', '.join(choices)}") from None

    return parse


def timezone(text: str) -> ZoneInfo:
    """An IANA time zone."""
    try:
        return ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        raise ValueError("an IANA time zone such as Europe/Istanbul") from None


def origin(text: str) -> str:
    """Scheme, host and port of a web page, spelled as browsers spell them: links begin with it."""
    found = _ORIGIN.fullmatch(text.lower().rstrip("/"))
    try:
        # `port` raises when it is none; that of the scheme itself is left out.
        is_healthy = found is not None and urlsplit(found[0]).port != 0
    except ValueError:
        is_healthy = False
    if found is None or not is_healthy:
        raise ValueError("an origin such as https://members.example.com")
    usual_port = {"http": ":80", "https": ":443"}[found["scheme"]]
    return found[0].removesuffix(usual_port)


def web_address(text: str) -> str:
    """The address of a service: an origin, and perhaps a path."""
    try:
        parts = urlsplit(text)
        is_healthy = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        is_healthy = is_healthy and not (parts.query or parts.fragment or parts.username)
    except ValueError:
        is_healthy = False
    if not is_healthy:
        raise ValueError("an address such as http://collector.example.com:4318")
    return text.rstrip("/")


def networks(text: str) -> tuple[Network, ...]:
    """IP networks, separated by commas; an address is a network of one."""
    try:
        return tuple(ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError:
        raise ValueError("networks such as 10.0.0.0/8, 192.0.2.1") from None


def secret_keys(text: str) -> tuple[str, ...]:
    """Keys, separated by commas, so that a new one can be put in front of the old one."""
    keys = tuple(key.strip() for key in text.split(","))
    if any(len(key.encode()) < MIN_SECRET_BYTES for key in keys):
        raise ValueError(f"one or more keys of at least {MIN_SECRET_BYTES} bytes")
    return keys


def token(text: str) -> str:
    """A key or an id as another service hands them out: visible ASCII characters."""
    if not (text.isascii() and text.isprintable()) or " " in text:
        raise ValueError("one word of visible ASCII characters")
    return text


def host(text: str) -> str:
    """The name or the address of a machine."""
    if not token(text).replace("-", "").replace(".", "").replace(":", "").isalnum():
        raise ValueError("a host such as mail.example.com")
    return text


def mailbox(text: str) -> Address:
    """An e-mail address, with or without a name in front of it."""
    name, bracket, rest = text.rpartition("<")
    address = rest.removesuffix(">") if bracket else text
    is_healthy = bool(bracket) == text.endswith(">") and name.isprintable() and address.isascii()
    try:
        EmailAddress.parse(address)
    except InvalidValue:
        is_healthy = False
    if not is_healthy:
        raise ValueError("an address such as Harbour House <office@example.com>")
    local, _, domain = address.rpartition("@")
    return Address(name.strip().strip('"'), username=local, domain=domain.lower())


def line(text: str) -> str:
    """Anything on one line."""
    if not text.isprintable():
        raise ValueError("one line of text")
    return text


def postgres_url(text: str) -> str:
    """Where a PostgreSQL is, in the form that asyncpg takes; SQLAlchemy's is taken too."""
    scheme, separator, rest = text.partition("://")
    if scheme not in {"postgresql", "postgresql+asyncpg"} or not separator:
        raise ValueError("postgresql+asyncpg://USER:PASSWORD@HOST/DATABASE")
    return f"postgresql://{rest}"


def _digits(text: str) -> int | None:
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None
