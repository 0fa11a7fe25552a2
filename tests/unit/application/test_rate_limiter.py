"""RateLimiter: limits of login and sign-up attempts."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.memory import FakePasswordHasher, MemoryRateLimitStore, SettableClock
from application.auth.account_factory import NewAccount
from application.auth.client import Client
from application.auth.log_in import Credentials
from application.auth.rate_limiter import RateLimiter, RateLimits, network_of
from application.auth.session_issuer import Session
from application.ports.password_hasher import TooManyPasswords
from domain.errors import EmailTaken, InvalidCredentials, RateLimited
from domain.users import EmailAddress
from tests.entities import MONDAY
from tests.unit.application.racing import outcomes
from tests.unit.application.world import CLIENT, FEW, PASSWORD, World

WINDOW = timedelta(minutes=15)
ELSEWHERE = replace(CLIENT, address="192.0.2.99")


class CountingPasswords(FakePasswordHasher):
    """Counts how often a password was verified."""

    def __init__(self) -> None:
        super().__init__()
        self.verified = 0

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified += 1
        await asyncio.sleep(0)
        return await super().verify(password, password_hash)


async def log_in(
    world: World, email: str, password: str = PASSWORD, client: Client = CLIENT
) -> Session:
    return await world.log_in(Credentials(email, password), client)


async def fail(world: World, email: str, times: int, client: Client = CLIENT) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            await log_in(world, email, "a wrong guess", client)


async def test_after_ten_failures_the_correct_password_is_rejected_too(world: World) -> None:
    email = await world.email_of(await world.a_caller())
    await fail(world, email, FEW.log_in_attempts - 1)
    await log_in(world, email)
    await fail(world, email, 1)
    with pytest.raises(RateLimited) as error:
        await log_in(world, email)
    assert error.value.details == {"retry_after": WINDOW.total_seconds()}


async def test_a_log_in_is_allowed_once_the_window_since_the_first_failure_ends(
    world: World,
) -> None:
    email = await world.email_of(await world.a_caller())
    await log_in(world, email)
    world.clock.advance(timedelta(minutes=1))
    await fail(world, email, 1)
    world.clock.advance(timedelta(minutes=14))
    await fail(world, email, 9)
    world.clock.advance(timedelta(minutes=1) - timedelta(microseconds=1))
    with pytest.raises(RateLimited) as error:
        await log_in(world, email)
    assert error.value.details == {"retry_after": 1}
    world.clock.advance(timedelta(microseconds=1))
    await log_in(world, email)


async def test_neither_another_client_nor_another_account_is_limited(
    world: World,
) -> None:
    email = await world.email_of(await world.a_caller())
    other = await world.email_of(await world.a_caller())
    await fail(world, email, FEW.log_in_attempts)
    await log_in(world, email, client=ELSEWHERE)
    await log_in(world, other)


@pytest.mark.parametrize("email", ["nobody@example.com", "no address", "\ud800"], ids=ascii)
async def test_an_unknown_address_is_limited_the_same_way(world: World, email: str) -> None:
    await fail(world, email, FEW.log_in_attempts)
    with pytest.raises(RateLimited):
        await log_in(world, email)


async def test_all_spellings_of_an_address_count_together(world: World) -> None:
    email = await world.email_of(await world.a_caller())
    await fail(world, email, 5)
    await fail(world, f" {email.upper()} ", 5)
    with pytest.raises(RateLimited):
        await log_in(world, email.title())


async def test_log_ins_that_succeed_do_not_count(world: World) -> None:
    email = await world.email_of(await world.a_caller())
    for _ in range(3 * FEW.log_in_attempts):
        await log_in(world, email)


async def test_of_a_thousand_concurrent_guesses_ten_are_verified() -> None:
    passwords = CountingPasswords()
    world = World(passwords=passwords)
    email = await world.email_of(await world.a_caller())
    results = await outcomes(log_in(world, email, f"guess {n}") for n in range(1_000))
    assert results == {"InvalidCredentials": 10, "RateLimited": 990}
    assert passwords.verified == 10


async def test_many_concurrent_correct_attempts_wait_and_succeed() -> None:
    world = World(passwords=CountingPasswords())
    email = await world.email_of(await world.a_caller())
    assert await outcomes(log_in(world, email) for _ in range(100)) == {"Session": 100}


async def test_a_cancelled_attempt_counts_as_failed(world: World) -> None:
    email = await world.email_of(await world.a_caller())
    limiter = RateLimiter(world.rate_limit_store, world.clock, FEW)

    async def hang_up() -> None:
        async with limiter.password_attempt(email, CLIENT.address):
            raise asyncio.CancelledError

    for _ in range(FEW.log_in_attempts):
        with pytest.raises(asyncio.CancelledError):
            await hang_up()
    with pytest.raises(RateLimited):
        await log_in(world, email)


async def test_a_password_that_was_not_verified_does_not_count(world: World) -> None:
    email = await world.email_of(await world.a_caller())
    limiter = RateLimiter(world.rate_limit_store, world.clock, FEW)
    for _ in range(2 * FEW.log_in_attempts):
        with pytest.raises(TooManyPasswords):
            async with limiter.password_attempt(email, CLIENT.address):
                raise TooManyPasswords
    await log_in(world, email)


async def test_the_wait_for_an_outcome_is_limited() -> None:
    rate_limit_store = MemoryRateLimitStore(max_wait=timedelta(milliseconds=10))
    limiter = RateLimiter(rate_limit_store, SettableClock(MONDAY), RateLimits(log_in_attempts=1))
    async with limiter.password_attempt("ada@example.com", None):
        with pytest.raises(RateLimited) as error:
            async with limiter.password_attempt("ada@example.com", None):
                pytest.fail("It was let through.")
    assert error.value.details == {"retry_after": 1}
    async with limiter.password_attempt("ada@example.com", None):
        pass


async def test_sign_ups_from_one_address_are_limited_including_failed_ones(world: World) -> None:
    def new(n: int) -> NewAccount:
        email = EmailAddress.parse(f"new{n}@example.com")
        return NewAccount(email=email, password=PASSWORD, full_name="Ada Lovelace")

    await world.sign_up(new(0), CLIENT)
    for _ in range(FEW.sign_ups - 1):
        with pytest.raises(EmailTaken):
            await world.sign_up(new(0), CLIENT)
    with pytest.raises(RateLimited) as error:
        await world.sign_up(new(1), CLIENT)
    assert error.value.details == {"retry_after": 3600}
    await world.sign_up(new(1), ELSEWHERE)
    world.clock.advance(timedelta(hours=1))
    await world.sign_up(new(2), CLIENT)


@pytest.mark.parametrize(
    "first, other",
    [
        (None, ""),
        (None, "no address"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("2001:DB8:1:2::1", "2001:0db8:0001:0002::"),
        ("192.0.2.1", "::ffff:192.0.2.1"),
        ("fe80::1%eth0", "fe80::1%eth1"),
    ],
)
def test_addresses_of_one_customer_count_as_one(first: str | None, other: str | None) -> None:
    assert network_of(first) == network_of(other)


@pytest.mark.parametrize(
    "first, other",
    [
        ("192.0.2.1", "192.0.2.2"),
        ("2001:db8:1:2::1", "2001:db8:1:3::1"),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2"),
        ("192.0.2.1", None),
    ],
)
def test_addresses_of_different_customers_count_separately(first: str, other: str | None) -> None:
    assert network_of(first) != network_of(other)
