"""What identity promises to any number of concurrent callers, on PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from statistics import median
from time import process_time

import pytest

from adapters.postgres.repositories import rate_limit_store
from adapters.security import Argon2Passwords, argon2_passwords
from application.auth.account_factory import NewAccount
from application.auth.change_password import PasswordChange
from application.auth.client import Client
from application.auth.log_in import Credentials
from application.auth.session_issuer import Session
from application.mails.mail import AccountContent
from application.users.change_user import UserChanges
from domain.audit import AuditEvent
from domain.errors import InvalidCredentials, InvalidToken, RateLimited
from domain.users import EmailAddress, Role
from tests.contract.conftest import POSTGRES_VERSIONS, postgres
from tests.database_pool import DatabasePool
from tests.unit.application.racing import outcomes
from tests.unit.application.world import CLIENT, FEW, PASSWORD, World

RIGHT = Credentials("person1@example.com", PASSWORD)


class CountingPasswords(Argon2Passwords):
    """The real password hasher, which counts verifications."""

    verified = 0

    async def verify(self, password: str, password_hash: str | None) -> bool:
        self.verified += 1
        return await super().verify(password, password_hash)


@pytest.fixture
def memory_kib() -> int:
    """Memory per hash: little, because most tests are not about it."""
    return 1_024


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch, memory_kib: int) -> Iterator[CountingPasswords]:
    """A hasher and a throttle with long waits: every caller gets its turn on a busy machine."""
    monkeypatch.setattr(argon2_passwords, "MEMORY_KIB", memory_kib)
    monkeypatch.setattr(argon2_passwords, "MAX_WAIT_SECONDS", 60)
    monkeypatch.setattr(rate_limit_store, "MAX_WAIT_SECONDS", 60)
    hasher = CountingPasswords(threads=2)
    yield hasher
    hasher.close()


@pytest.fixture(params=POSTGRES_VERSIONS)
async def world(
    request: pytest.FixtureRequest, database_pool: DatabasePool, passwords: CountingPasswords
) -> AsyncIterator[World]:
    """An application on an empty database."""
    async with database_pool.empty(postgres(request, request.param)) as database:
        yield World(
            passwords=passwords,
            unit_of_work=database.unit_of_work,
            rate_limit_store=database.rate_limit_store,
            session_lookup=database.session_lookup,
        )


async def test_of_32_refreshes_with_one_token_one_gets_a_session_which_is_then_revoked(
    world: World,
) -> None:
    caller = await world.a_caller()
    other, first = await world.log_in_as(caller), await world.log_in_as(caller)
    got: list[Session] = []

    async def refresh() -> Session:
        session = await world.refresh(first.refresh_token, CLIENT)
        got.append(session)
        return session

    ended = await outcomes(refresh() for _ in range(32))
    assert ended == {"Session": 1, "RefreshTokenReused": 31}
    with pytest.raises(InvalidToken):
        await world.refresh(got[0].refresh_token, CLIENT)
    for dead in (first, got[0]):
        with pytest.raises(InvalidToken):
            await world.authenticate(dead.access_token)
    await world.refresh(other.refresh_token, CLIENT)
    assert len(await world.audit_entries(event=AuditEvent.SESSION_REFRESH_REUSED)) == 31


async def test_of_50_sign_ups_with_one_address_one_gets_an_account(world: World) -> None:
    spellings = ("ada@example.com", "ADA@example.com", "\uff41da@example.com")
    signing_up = (
        world.sign_up(
            NewAccount(
                email=EmailAddress.parse(spellings[n % 3]), password=PASSWORD, full_name="Ada"
            ),
            CLIENT,
        )
        for n in range(50)
    )
    assert await outcomes(signing_up) == {"Session": 1, "EmailTaken": 49}
    assert len(await world.audit_entries(event=AuditEvent.USER_SIGNED_UP)) == 1


@pytest.mark.parametrize("changes", [{"role": Role.MEMBER}, {"is_active": False}], ids=str)
async def test_of_two_super_admins_who_demote_each_other_one_remains(
    world: World, changes: UserChanges
) -> None:
    for _ in range(10):
        first, second = (
            await world.a_caller(Role.SUPER_ADMIN),
            await world.a_caller(Role.SUPER_ADMIN),
        )
        ended = await outcomes(
            [
                world.change_user(first, second.user_id, changes),
                world.change_user(second, first.user_id, changes),
            ]
        )
        assert ended == {"Account": 1, "LastSuperAdmin": 1}
        left = first if (await world.user(first)).role is Role.SUPER_ADMIN else second
        if not (await world.user(left)).is_active:
            left = second
        # So that the next round starts without one.
        user = await world.user(left)
        await world.save_user(
            user.with_access(role=Role.ADMIN, is_active=True, at=world.clock.now())
        )


async def test_of_200_guesses_ten_are_verified_and_then_the_correct_password_is_refused(
    world: World, passwords: CountingPasswords
) -> None:
    await world.a_caller()
    guesses = (world.log_in(Credentials(RIGHT.email, f"guess {n}"), CLIENT) for n in range(200))
    assert await outcomes(guesses) == {"InvalidCredentials": 10, "RateLimited": 190}
    assert passwords.verified == 10
    with pytest.raises(RateLimited):
        await world.log_in(RIGHT, CLIENT)
    assert len(await world.audit_entries(event=AuditEvent.USER_LOG_IN_FAILED)) == 10


async def test_40_concurrent_log_ins_of_one_account_all_succeed(world: World) -> None:
    await world.a_caller()
    assert await outcomes(world.log_in(RIGHT, CLIENT) for _ in range(40)) == {"Session": 40}


async def test_the_correct_password_among_guesses_succeeds_only_within_the_limit(
    world: World, passwords: CountingPasswords
) -> None:
    await world.a_caller()
    for n in range(FEW.log_in_attempts - 1):
        with pytest.raises(InvalidCredentials):
            await world.log_in(Credentials(RIGHT.email, f"guess {n}"), CLIENT)
    guesses = (world.log_in(Credentials(RIGHT.email, "a guess"), CLIENT) for _ in range(20))
    assert await outcomes(guesses) == {"InvalidCredentials": 1, "RateLimited": 19}
    assert passwords.verified == FEW.log_in_attempts


async def test_of_concurrent_password_changes_one_succeeds(world: World) -> None:
    caller = await world.a_caller()
    changing = (
        world.change_password(caller, PasswordChange(PASSWORD, f"battery staple {n}"))
        for n in range(8)
    )
    assert await outcomes(changing) == {"NoneType": 1, "InvalidCredentials": 7}
    assert (await world.user(caller)).credentials_version == 2


async def test_log_ins_during_a_password_change_never_outlive_it(world: World) -> None:
    caller = await world.a_caller()
    change = PasswordChange(PASSWORD, "battery staple")
    opened: list[Session] = []
    one_is_open = asyncio.Event()

    async def log_in() -> None:
        opened.append(await world.log_in(RIGHT, CLIENT))
        one_is_open.set()

    async def change_password() -> None:
        # By then the logins are in progress.
        await one_is_open.wait()
        await world.change_password(caller, change)

    await outcomes([*(log_in() for _ in range(8)), change_password()])
    assert opened
    for session in opened:
        with pytest.raises(InvalidToken):
            await world.authenticate(session.access_token)
        with pytest.raises(InvalidToken):
            await world.refresh(session.refresh_token, CLIENT)


async def test_of_concurrent_uses_of_a_reset_link_one_succeeds(world: World) -> None:
    caller = await world.a_caller()
    await world.request_password_reset(RIGHT.email, CLIENT)
    [mail] = await world.deliver()
    assert isinstance(mail.content, AccountContent)
    token = mail.content.link.rpartition("=")[2]
    resetting = (world.reset_password(token, f"battery staple {n}", CLIENT) for n in range(12))
    assert await outcomes(resetting) == {"NoneType": 1, "InvalidToken": 11}
    assert (await world.user(caller)).credentials_version == 2


TRIES = 12


@pytest.mark.parametrize("memory_kib", [argon2_passwords.MEMORY_KIB])
async def test_a_refused_log_in_takes_the_same_work_whether_or_not_the_account_exists(
    world: World,
) -> None:
    """Counts the work instead of the time, so that other load on the machine does not matter.

    The time that clients observe is tested in tests/concurrency/test_identity.py.
    """
    caller, boss = await world.a_caller(), await world.a_caller(Role.SUPER_ADMIN)
    deactivated = await world.a_caller()
    await world.change_user(boss, deactivated.user_id, {"is_active": False})
    attempts = {
        "wrong password": Credentials(await world.email_of(caller), "a guess"),
        "no account": Credentials("unknown@example.com", "a guess"),
        "deactivated": Credentials(await world.email_of(deactivated), PASSWORD),
    }
    seconds: dict[str, list[float]] = {name: [] for name in attempts}
    for n in range(TRIES):
        client = Client(address=f"192.0.2.{n}")
        for name, credentials in attempts.items():
            begun = process_time()
            with pytest.raises(InvalidCredentials):
                await world.log_in(credentials, client)
            seconds[name].append(process_time() - begun)
    medians = [median(taken) for taken in seconds.values()]
    assert max(medians) - min(medians) < 0.005
