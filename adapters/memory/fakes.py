"""Stand-ins for what a test wants to foresee: the time, ids, passwords, tokens and mails.

Each keeps its port's promises but one, which its name tells: the clock stands still until it is
set, the ids can be guessed, passwords and tokens are no secret, few passwords are common, and mails
are kept instead of sent.
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
    """The port Clock, standing at one time until somebody moves it."""

    def __init__(self, now: datetime) -> None:
        self.set(now)

    def now(self) -> datetime:
        """The time it was set to, in UTC."""
        return self._now

    def set(self, now: datetime) -> None:
        """Make it that time, earlier ones too; it has to be aware."""
        if now.tzinfo is None:
            raise ValueError("A clock needs an aware time.")
        self._now = now.astimezone(UTC)

    def advance(self, by: timedelta) -> None:
        """Let so much time pass."""
        self._now += by


class SequentialIds:
    """The port Ids: the first id, the second, and so on, shaped and sorted as UUIDv7.

    They are the same in each run. Two series that are to be used together need different
    `first_millisecond`s, the Unix time that their ids claim.
    """

    def __init__(self, first_millisecond: int = 1_767_225_600_000) -> None:
        self._milliseconds = first_millisecond
        self._made = 0

    def new(self) -> UUID:
        """The next id."""
        self._made += 1
        return uuid7(self._milliseconds, self._made)


class FakePasswordHasher:
    """The port PasswordHasher, which keeps passwords readable. Never for real ones.

    `scheme` stands for the parameters in force: a hash made under another one is still good, and
    needs to be made anew.
    """

    def __init__(self, scheme: str = "plain") -> None:
        self._scheme = scheme

    async def hash(self, password: str) -> str:
        """The scheme and the password itself."""
        return f"{self._scheme}:{password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether that is the password; without a hash, False."""
        return password_hash is not None and password_hash.partition(":")[2] == password

    def needs_rehash(self, password_hash: str) -> bool:
        """Whether it was made under another scheme."""
        return password_hash.partition(":")[0] != self._scheme


class FakeCommonPasswords:
    """The port CommonPasswords, with a handful that a test can name."""

    def __init__(self, *passwords: str) -> None:
        self._passwords = frozenset(passwords or ("password", "12345678", "qwertyuiop"))

    def contains(self, password: str) -> bool:
        """Whether it is one of them, in whatever case it is written."""
        return password.casefold() in self._passwords


class FakeMailer:
    """The port Mailer, which keeps the mails, in the order in which they were sent."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        """Keep it."""
        self.mails.append(mail)


class FakeResetTokens:
    """The port ResetTokens, with tokens that anybody could work out. Never for real people."""

    def token(self, name: str) -> str:
        """The name's hash."""
        return sha256(name.encode()).hexdigest()


class FakeAccessTokens:
    """The port AccessTokens, with tokens that anybody could write. Never for real callers."""

    def __init__(self, lifetime: timedelta = timedelta(minutes=15)) -> None:
        self._lifetime = lifetime

    @property
    def lifetime(self) -> timedelta:
        """How long a new token is good for."""
        return self._lifetime

    def issue(
        self, user_id: UserId, session_id: SessionId, credentials_version: int, *, at: datetime
    ) -> str:
        """What the token claims, in plain text."""
        return f"{user_id} {session_id} {credentials_version} {at.isoformat()}"

    def verify(self, token: str, *, at: datetime) -> Claims:
        """Read it back. Raises InvalidToken for one that ran out or is no such text."""
        try:
            user_id, session_id, credentials_version, issued_at = token.split(" ")
            claims = Claims(
                UserId(UUID(user_id)),
                SessionId(UUID(session_id)),
                int(credentials_version),
                datetime.fromisoformat(issued_at).astimezone(UTC),
            )
        except ValueError:
            raise InvalidToken("This is no access token.") from None
        if at >= claims.issued_at + self._lifetime:
            raise InvalidToken("The access token ran out.")
        return claims
