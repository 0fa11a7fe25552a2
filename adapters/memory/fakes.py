"""Fakes that make tests predictable: the time, ids, passwords, tokens and mails.

Each fulfills the contract of its port with one exception: the clock stands still until it is set,
the ids can be guessed, passwords and tokens are not secret, the list of common passwords is short,
and mails are stored instead of sent.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from adapters.uuid7 import uuid7
from application.mails.mail import Mail
from application.ports.access_tokens import Claims
from domain.errors import InvalidToken
from domain.ids import SessionId, UserId


class SettableClock:
    """The port Clock, at a fixed time until it is set or advanced."""

    def __init__(self, now: datetime) -> None:
        self.set(now)

    def now(self) -> datetime:
        """Return the time that was set, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Set an aware time, which may be earlier than before."""
        if now.tzinfo is None:
            raise ValueError("A clock needs an aware time.")
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Move the time forward by `by`."""
        self._now += by


class SequentialIds:
    """The port Ids: sequential ids with the format and order of UUIDv7.

    They are the same in each run. Two series that are used together need different values of
    `first_millisecond`, the Unix time in the ids.
    """

    def __init__(self, first_millisecond: int = 1_767_225_600_000) -> None:
        self._milliseconds = first_millisecond
        self._count = 0

    def new(self) -> UUID:
        """Return the next id."""
        self._count += 1
        return uuid7(self._milliseconds, self._count)


class FakePasswordHasher:
    """The port PasswordHasher, with readable passwords. Never for real ones.

    `scheme` stands for the current parameters: a hash with another scheme still verifies, and needs
    a rehash.
    """

    def __init__(self, scheme: str = "plain") -> None:
        self._scheme = scheme

    async def hash(self, password: str) -> str:
        """Return the scheme and the password itself."""
        return f"{self._scheme}:{password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password matches; False without a hash."""
        return password_hash is not None and password_hash.partition(":")[2] == password

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether the hash has another scheme."""
        return password_hash.partition(":")[0] != self._scheme


class FakeCommonPasswords:
    """The port CommonPasswords, with a short list."""

    def __init__(self, *passwords: str) -> None:
        self._passwords = frozenset(passwords or ("password", "12345678", "qwertyuiop"))

    def contains(self, password: str) -> bool:
        """Whether the password is in the list, ignoring case."""
        return password.casefold() in self._passwords


class FakeMailer:
    """The port Mailer; stores the mails in the order in which they were sent."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        """Store the mail."""
        self.mails.append(mail)


class FakeResetTokens:
    """The port ResetTokens, with predictable tokens. Never for real users."""

    def token(self, name: str) -> str:
        """Return the hash of the name."""
        return sha256(name.encode()).hexdigest()


class FakeAccessTokens:
    """The port AccessTokens, with unsigned tokens. Never for real users."""

    def __init__(self, lifetime: timedelta = timedelta(minutes=15)) -> None:
        self._lifetime = lifetime

    @property
    def lifetime(self) -> timedelta:
        """The time for which a new token is valid."""
        return self._lifetime

    def issue(
        self, user_id: UserId, session_id: SessionId, credentials_version: int, *, at: datetime
    ) -> str:
        """Return the claims as plain text."""
        return f"{user_id} {session_id} {credentials_version} {at.isoformat()}"

    def verify(self, token: str, *, at: datetime) -> Claims:
        """Return the claims. Raises InvalidToken if expired or malformed."""
        try:
            user_id, session_id, credentials_version, issued_at = token.split(" ")
            claims = Claims(
                UserId(UUID(user_id)),
                SessionId(UUID(session_id)),
                int(credentials_version),
                datetime.fromisoformat(issued_at).astimezone(UTC),
            )
        except ValueError:
            raise InvalidToken("Not an access token.") from None
        if at >= claims.issued_at + self._lifetime:
            raise InvalidToken("The access token has expired.")
        return claims
