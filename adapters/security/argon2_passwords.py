"""Argon2Passwords: hashes passwords with argon2id, outside the event loop."""

import asyncio
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from application.ports.password_hasher import TooManyPasswords

MEMORY_KIB = 19_456
ITERATIONS = 2
LANES = 1
"""OWASP's parameters for argon2id; the package's defaults take nine times as long."""

MAX_WAIT_SECONDS = 3

_DUMMY_HASH = f"$argon2id$v=19$m={MEMORY_KIB},t={ITERATIONS},p={LANES}${'A' * 22}${'A' * 43}"
"""A well-formed hash with the current parameters, which matches no known password."""

T = TypeVar("T")


class Argon2Passwords:
    """Implements the port PasswordHasher. Must be closed after use.

    At most `threads` passwords are hashed at once, each with 19 MiB of memory. Further callers
    wait up to MAX_WAIT_SECONDS, and then get TooManyPasswords; a cancelled caller leaves the queue.

    Canonically equivalent Unicode passwords are the same password, because keyboards and systems
    differ in what they send for the same key. Passwords are normalized to NFC, as RFC 8265
    specifies, and otherwise used as they are.
    """

    def __init__(self, *, threads: int) -> None:
        self._hasher = PasswordHasher(
            time_cost=ITERATIONS, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID
        )
        self._slots = asyncio.Semaphore(threads)
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="argon2")

    async def hash(self, password: str) -> str:
        """Return a salted hash that contains its own parameters."""
        return await self._run_in_thread(lambda: self._hasher.hash(_encoded(password)))

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Return whether the password matches the hash; False, after the same work, without one."""
        return await self._run_in_thread(
            lambda: self._matches(password, password_hash or _DUMMY_HASH)
        )

    def needs_rehash(self, password_hash: str) -> bool:
        """Return whether the hash uses parameters other than the current ones."""
        try:
            return self._hasher.check_needs_rehash(password_hash)
        except InvalidHashError:
            return True

    def close(self) -> None:
        """End the threads. No call may be in progress."""
        self._threads.shutdown(cancel_futures=True)

    def _matches(self, password: str, password_hash: str) -> bool:
        try:
            return self._hasher.verify(password_hash, _encoded(password))
        except (VerificationError, InvalidHashError, UnicodeEncodeError):
            # UnicodeEncodeError: the stored text is not a hash.
            return False

    async def _run_in_thread(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(MAX_WAIT_SECONDS):
                await self._slots.acquire()
        except TimeoutError:
            raise TooManyPasswords("Too many password checks are waiting.") from None
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._slots.release()


def _encoded(password: str) -> bytes:
    # Rejecting a lone surrogate is not the task of this module.
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
