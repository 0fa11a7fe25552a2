"""Limits: how often somebody may try what could be abused, and RateLimiter, which holds them."""

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
"""What a provider gives to one customer, who has all of its addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """The numbers, each a setting.

    `log_in_attempts` are failed ones for one e-mail address from one client address within 15
    minutes; the others count per client address and hour, whatever came of them.
    """

    log_in_attempts: int = 10
    sign_ups: int = 60
    refreshes: int = 300
    password_resets: int = 20


class RateLimiter:
    """Lets through what is within the limits. Each method raises RateLimited."""

    def __init__(self, rate_limit_store: RateLimitStore, clock: Clock, limits: RateLimits) -> None:
        self._rate_limit_store = rate_limit_store
        self._clock = clock
        self._limits = limits

    async def sign_up(self, client_address: str | None) -> None:
        """One more sign-up from that address."""
        await self._count("sign-up", client_address, self._limits.sign_ups)

    async def refresh(self, client_address: str | None) -> None:
        """One more refresh from that address."""
        await self._count("refresh", client_address, self._limits.refreshes)

    async def password_reset(self, client_address: str | None) -> None:
        """One more forgotten password from that address."""
        await self._count("password-reset", client_address, self._limits.password_resets)

    @asynccontextmanager
    async def password_check(self, email: str, client_address: str | None) -> AsyncIterator[None]:
        """A block in which one password for that e-mail address is checked.

        Leaving it in any other way than at its end counts as a failure, unless the password was not
        looked at. Many at once are let
        through only as far as all of them may fail. The address may be anybody's or nobody's.
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

    async def _count(self, what: str, client_address: str | None, most: int) -> None:
        key = f"{what} {network_of(client_address)}"
        await self._rate_limit_store.hit(key, RateLimit(most, CLIENT_WINDOW), at=self._clock.now())


def network_of(client_address: str | None) -> str:
    """Whom a client address stands for: itself, or with IPv6 the network that it is in.

    Clients whose address is not known count as one.
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
    """The same for all spellings of an address, of one length, and nothing that can be read."""
    try:
        folded = EmailAddress.parse(email).value
    except InvalidValue:
        folded = email
    return sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()
