"""Rate limits for logins, sign-ups, refreshes and password resets."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from application.ports.clock import Clock
from application.ports.password_hasher import TooManyPasswords
from application.ports.rate_limit_store import RateLimit, RateLimitStore
from domain.errors import InvalidValue
from domain.users import EmailAddress

LOG_IN_WINDOW: Final = timedelta(minutes=15)
CLIENT_WINDOW: Final = timedelta(hours=1)
_IPV6_NETWORK_BITS = 64
"""The prefix that a provider assigns to one customer, who controls all addresses in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """The maximum number of attempts of each kind; each is a setting.

    `log_in_attempts` limits failed attempts for one e-mail address from one client address within
    15 minutes. The others limit all attempts, successful or not, per client address and hour.
    """

    log_in_attempts: int = 10
    sign_ups: int = 60
    refreshes: int = 300
    password_resets: int = 20


class RateLimiter:
    """Enforces rate limits per client address.

    Every method raises RateLimited when the limit is exceeded.
    """

    def __init__(self, rate_limit_store: RateLimitStore, clock: Clock, limits: RateLimits) -> None:
        self._rate_limit_store = rate_limit_store
        self._clock = clock
        self._limits = limits

    async def check_sign_up(self, client_address: str | None) -> None:
        """Count one more sign-up from the address."""
        await self._count("sign-up", client_address, self._limits.sign_ups)

    async def check_refresh(self, client_address: str | None) -> None:
        """Count one more refresh from the address."""
        await self._count("refresh", client_address, self._limits.refreshes)

    async def check_password_reset(self, client_address: str | None) -> None:
        """Count one more password reset request from the address."""
        await self._count("password-reset", client_address, self._limits.password_resets)

    @asynccontextmanager
    async def password_attempt(self, email: str, client_address: str | None) -> AsyncIterator[None]:
        """Reserve an attempt for a block that verifies one password for the e-mail address.

        An exception that leaves the block counts as a failed attempt, except TooManyPasswords: then
        the password was not verified. Concurrent attempts are limited as if each of them failed.
        The e-mail address may be malformed or without an account.
        """
        key = f"log-in {_fingerprint(email)} {network_of(client_address)}"
        limit = RateLimit(self._limits.log_in_attempts, LOG_IN_WINDOW)
        attempt = await self._rate_limit_store.reserve(key, limit, at=self._clock.now())
        try:
            yield
        except TooManyPasswords:
            await self._rate_limit_store.release(attempt)
            raise
        except BaseException:
            await self._rate_limit_store.commit(attempt)
            raise
        await self._rate_limit_store.release(attempt)

    async def _count(self, action: str, client_address: str | None, max_attempts: int) -> None:
        key = f"{action} {network_of(client_address)}"
        await self._rate_limit_store.hit(
            key, RateLimit(max_attempts, CLIENT_WINDOW), at=self._clock.now()
        )


def network_of(client_address: str | None) -> str:
    """Return what a limit counts by: the IPv4 address, or the /64 network of an IPv6 address.

    All clients whose address is unknown count together.
    """
    try:
        address = ip_address(client_address or "")
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address.packed, _IPV6_NETWORK_BITS), strict=False))


def _fingerprint(email: str) -> str:
    """Return a hash that is equal for all spellings of an address and does not reveal it."""
    try:
        normalized = EmailAddress.parse(email).value
    except InvalidValue:
        normalized = email
    return sha256(normalized.encode("utf-8", "surrogatepass")).hexdigest()
