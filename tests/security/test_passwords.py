"""Argon2Passwords and ListedPasswords: how passwords are kept, and which are too common."""

import asyncio
import re
import threading
import unicodedata
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher as OtherHasher

from adapters.security import Argon2Passwords, ListedPasswords, argon2_passwords
from application.ports.common_passwords import CommonPasswords
from application.ports.passwords import PasswordHasher, TooManyPasswords

PASSWORD = "correct horse"
THREADS = 2


@pytest.fixture
def passwords() -> Iterator[Argon2Passwords]:
    hasher = Argon2Passwords(threads=THREADS)
    yield hasher
    hasher.close()


async def test_a_password_is_right_or_wrong(passwords: PasswordHasher) -> None:
    hashed = await passwords.hash(PASSWORD)
    assert await passwords.verify(PASSWORD, hashed)
    for wrong in ("", PASSWORD.upper(), f"{PASSWORD} ", PASSWORD[:-1], hashed):
        assert not await passwords.verify(wrong, hashed)


async def test_a_hash_is_argon2id_with_owasps_parameters_and_a_salt_of_its_own(
    passwords: PasswordHasher,
) -> None:
    one, other = await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", one)
    assert one != other


async def test_without_a_hash_nothing_is_right(passwords: PasswordHasher) -> None:
    assert not await passwords.verify(PASSWORD, None)
    assert not await passwords.verify("", None)


async def test_without_a_hash_the_same_work_is_done(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    verify = OtherHasher.verify

    def watched(self: OtherHasher, hashed: str | bytes, password: str | bytes) -> bool:
        verified.append(str(hashed))
        return verify(self, hashed, password)

    monkeypatch.setattr(OtherHasher, "verify", watched)
    stored = await passwords.hash(PASSWORD)
    await passwords.verify("wrong", stored)
    await passwords.verify("wrong", None)
    known, unknown = verified
    assert (
        known.rpartition("$")[0].rpartition("$")[0] == unknown.rpartition("$")[0].rpartition("$")[0]
    )
    assert len(known) == len(unknown)
    assert not passwords.needs_rehash(unknown)


@pytest.mark.parametrize(
    "stored",
    [
        "x",
        "$argon2id$",
        "$argon2id$v=19$m=19456,t=2,p=1$AAAA",
        "$2b$12$" + "a" * 53,
        "\u00e9",
        "$\0",
        "$argon2id$v=19$m=1,t=0,p=9$AAAAAAAAAAA$AAAAAAAAAAA",
        "$argon2id$v=19$m=a,t=2,p=1$AAAA$AAAA",
    ],
    ids=ascii,
)
async def test_a_stored_hash_that_is_none_is_nobodys(
    passwords: PasswordHasher, stored: str
) -> None:
    assert not await passwords.verify(PASSWORD, stored)
    assert passwords.needs_rehash(stored)


async def test_a_hash_of_other_parameters_is_good_and_due_for_renewal(
    passwords: PasswordHasher,
) -> None:
    weaker = OtherHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    assert await passwords.verify(PASSWORD, weaker)
    assert passwords.needs_rehash(weaker)
    assert not passwords.needs_rehash(await passwords.hash(PASSWORD))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_what_another_keyboard_sends_for_the_same_password_is_right(
    passwords: PasswordHasher, form: str
) -> None:
    hashed = await passwords.hash("\u015fifre \u1e69 \u00e7i\u00e7ek")
    typed = unicodedata.normalize(form, "\u015fifre \u1e69 \u00e7i\u00e7ek")  # type: ignore[arg-type] # they are two of the four
    assert await passwords.verify(typed, hashed)


@pytest.mark.parametrize(
    "password", ["\0" * 8, "a\0b", "\ud800" * 8, "\U0001f511" * 128, ""], ids=ascii
)
async def test_any_text_can_be_hashed(passwords: PasswordHasher, password: str) -> None:
    assert await passwords.verify(password, await passwords.hash(password))
    assert not await passwords.verify(f"{password}.", await passwords.hash(password))


async def test_nobody_waits_in_line_for_long(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(argon2_passwords, "LONGEST_WAIT_SECONDS", 0.001)
    crowd = (passwords.hash(PASSWORD) for _ in range(5 * THREADS))
    ended = await asyncio.gather(*crowd, return_exceptions=True)
    hashed = [one for one in ended if isinstance(one, str)]
    refused = [one for one in ended if isinstance(one, TooManyPasswords)]
    assert len(hashed) >= THREADS
    assert refused
    assert len(hashed) + len(refused) == 5 * THREADS
    assert await passwords.verify(PASSWORD, hashed[0])


async def test_the_event_loop_goes_on_meanwhile_and_only_so_many_threads_hash(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most = 0, 0
    lock, threads = threading.Lock(), set()
    hash_password = OtherHasher.hash

    def watched(self: OtherHasher, password: str | bytes) -> str:
        nonlocal running, most
        threads.add(threading.get_ident())
        with lock:
            running += 1
            most = max(most, running)
        try:
            return hash_password(self, password)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(OtherHasher, "hash", watched)
    steps = 0
    hashing = asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(12)))
    while not hashing.done():
        steps += 1
        await asyncio.sleep(0)
    assert len(set(await hashing)) == 12
    assert 1 <= most <= THREADS
    assert threading.get_ident() not in threads
    assert steps > 12


@pytest.mark.parametrize(
    "password",
    ["12345678", "password", "PASSWORD", "iLoveYou", "qwertyuiop", "Trustno1", "p\uff41ssword"],
)
def test_a_common_password_is_known_in_any_case(password: str) -> None:
    common: CommonPasswords = ListedPasswords()
    assert common.contains(password)


@pytest.mark.parametrize(
    "password", ["", PASSWORD, "b1tter-lemon-tram", "\u015fifre \u2615 \u015fifre"]
)
def test_other_passwords_are_not(password: str) -> None:
    assert not ListedPasswords().contains(password)
