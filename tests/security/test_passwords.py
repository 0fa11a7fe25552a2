"""Argon2Passwords and ListedPasswords: password hashing, and the list of common passwords."""

import asyncio
import re
import threading
import unicodedata
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher as OtherHasher

from adapters.security import Argon2Passwords, ListedPasswords, argon2_passwords
from application.ports.common_passwords import CommonPasswords
from application.ports.password_hasher import PasswordHasher, TooManyPasswords

PASSWORD = "correct horse"
THREADS = 2


@pytest.fixture
def passwords() -> Iterator[Argon2Passwords]:
    hasher = Argon2Passwords(threads=THREADS)
    yield hasher
    hasher.close()


async def test_only_the_correct_password_is_accepted(passwords: PasswordHasher) -> None:
    hashed = await passwords.hash(PASSWORD)
    assert await passwords.verify(PASSWORD, hashed)
    for wrong in ("", PASSWORD.upper(), f"{PASSWORD} ", PASSWORD[:-1], hashed):
        assert not await passwords.verify(wrong, hashed)


async def test_a_hash_is_argon2id_with_owasps_parameters_and_a_unique_salt(
    passwords: PasswordHasher,
) -> None:
    first, second = await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)
    assert re.match(r"\$argon2id\$v=19\$m=19456,t=2,p=1\$", first)
    assert first != second


async def test_without_a_hash_every_password_is_rejected(passwords: PasswordHasher) -> None:
    assert not await passwords.verify(PASSWORD, None)
    assert not await passwords.verify("", None)


async def test_without_a_hash_the_same_work_is_done(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified_hashes: list[str] = []
    verify = OtherHasher.verify

    def spy(self: OtherHasher, hashed: str | bytes, password: str | bytes) -> bool:
        verified_hashes.append(str(hashed))
        return verify(self, hashed, password)

    monkeypatch.setattr(OtherHasher, "verify", spy)
    stored = await passwords.hash(PASSWORD)
    await passwords.verify("wrong", stored)
    await passwords.verify("wrong", None)
    known, unknown = verified_hashes
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
async def test_an_invalid_stored_hash_matches_no_password(
    passwords: PasswordHasher, stored: str
) -> None:
    assert not await passwords.verify(PASSWORD, stored)
    assert passwords.needs_rehash(stored)


async def test_a_hash_with_other_parameters_is_accepted_and_needs_a_rehash(
    passwords: PasswordHasher,
) -> None:
    weaker = OtherHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    assert await passwords.verify(PASSWORD, weaker)
    assert passwords.needs_rehash(weaker)
    assert not passwords.needs_rehash(await passwords.hash(PASSWORD))


@pytest.mark.parametrize("form", ["NFC", "NFD"])
async def test_canonically_equivalent_input_is_the_same_password(
    passwords: PasswordHasher, form: str
) -> None:
    hashed = await passwords.hash("\u015fifre \u1e69 \u00e7i\u00e7ek")
    typed = unicodedata.normalize(form, "\u015fifre \u1e69 \u00e7i\u00e7ek")  # type: ignore[arg-type] # NFC and NFD are valid forms
    assert await passwords.verify(typed, hashed)


@pytest.mark.parametrize(
    "password", ["\0" * 8, "a\0b", "\ud800" * 8, "\U0001f511" * 128, ""], ids=ascii
)
async def test_any_text_can_be_hashed(passwords: PasswordHasher, password: str) -> None:
    assert await passwords.verify(password, await passwords.hash(password))
    assert not await passwords.verify(f"{password}.", await passwords.hash(password))


async def test_waiting_callers_time_out(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(argon2_passwords, "MAX_WAIT_SECONDS", 0.001)
    calls = (passwords.hash(PASSWORD) for _ in range(5 * THREADS))
    results = await asyncio.gather(*calls, return_exceptions=True)
    hashed = [result for result in results if isinstance(result, str)]
    timed_out = [result for result in results if isinstance(result, TooManyPasswords)]
    assert len(hashed) >= THREADS
    assert timed_out
    assert len(hashed) + len(timed_out) == 5 * THREADS
    assert await passwords.verify(PASSWORD, hashed[0])


async def test_hashing_does_not_block_the_event_loop_and_the_threads_are_limited(
    passwords: Argon2Passwords, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, max_running = 0, 0
    lock, threads = threading.Lock(), set()
    hash_password = OtherHasher.hash

    def spy(self: OtherHasher, password: str | bytes) -> str:
        nonlocal running, max_running
        threads.add(threading.get_ident())
        with lock:
            running += 1
            max_running = max(max_running, running)
        try:
            return hash_password(self, password)
        finally:
            with lock:
                running -= 1

    monkeypatch.setattr(OtherHasher, "hash", spy)
    iterations = 0
    hashing = asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(12)))
    while not hashing.done():
        iterations += 1
        await asyncio.sleep(0)
    assert len(set(await hashing)) == 12
    assert 1 <= max_running <= THREADS
    assert threading.get_ident() not in threads
    assert iterations > 12


@pytest.mark.parametrize(
    "password",
    ["12345678", "password", "PASSWORD", "iLoveYou", "qwertyuiop", "Trustno1", "p\uff41ssword"],
)
def test_a_common_password_is_listed_in_any_case(password: str) -> None:
    common: CommonPasswords = ListedPasswords()
    assert common.contains(password)


@pytest.mark.parametrize(
    "password", ["", PASSWORD, "b1tter-lemon-tram", "\u015fifre \u2615 \u015fifre"]
)
def test_other_passwords_are_not_listed(password: str) -> None:
    assert not ListedPasswords().contains(password)
