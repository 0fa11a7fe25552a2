"""Argon2Passwords: passwords hashed with argon2id, beside the event loop."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from application.ports.passwords import TooManyPasswords

MEMORY_KIB = 19_456
ITERATIONS = 2
LANES = 1
"""The three are OWASP's for argon2id; the package's own take nine times as long."""

LONGEST_WAIT_SECONDS = 3

_NOBODYS_HASH = f"$argon2id$v=19$m={MEMORY_KIB},t={ITERATIONS},p={LANES}${'A' * 22}${'A' * 43}"
"""Sound in form, made with the parameters in force, and of no password that anybody knows."""

T = TypeVar("T")


class Argon2Passwords:
    """The port PasswordHasher. `close` it at the end.

    At most `threads` passwords are hashed at once, each with 19 MiB of memory; more callers wait
    in line for a few seconds, and one who is cancelled leaves it.

    Passwords that Unicode calls canonically equivalent are one password, because keyboards and
    systems differ in what they send for the same key: they are put into NFC, as RFC 8265 has it,
    and are otherwise taken as they are.
    """

    def __init__(self, *, threads: int) -> None:
        self._hasher = PasswordHasher(
            time_cost=ITERATIONS, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID
        )
        self._turns = asyncio.Semaphore(threads)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        """A salted hash that carries its own parameters."""
        return await self._beside_the_loop(lambda: self._hasher.hash(_encoded(password)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password made that hash; False, after the same work, without one."""
        return await self._beside_the_loop(
            lambda: self._is_right(password, password_hash or _NOBODYS_HASH)
        )

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash was made with other parameters than those in force."""
        try:
            return self._hasher.check_needs_rehash(password_hash)
        except InvalidHashError:
            return True

    def close(self) -> None:
        """End the threads; nobody may wait for one any more."""
        self._threads.shutdown(cancel_futures=True)

    def _is_right(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, _encoded(password))
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            # The last: what is stored is no hash at all.
            return False

    async def _beside_the_loop(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                await self._turns.acquire()
        except TimeoutError:
            raise TooManyPasswords("Too many passwords are to be hashed.") from None
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._turns.release()


def _encoded(password: str) -> bytes:
    # A lone surrogate is not for this module to refuse.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
