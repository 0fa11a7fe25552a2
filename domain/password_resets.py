"""PasswordReset: a mailed link to set a new password."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.ids import UserId

RESET_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordReset:
    """A user's latest link, of which only the token's hash is stored; it replaces earlier ones.

    It is valid under the `credentials_version` that the user had. A new password changes the
    version, so a link works once and does not survive any other change of the password.
    """

    user_id: UserId
    token_hash: bytes
    credentials_version: int
    expires_at: datetime

    def __repr__(self) -> str:
        return f"PasswordReset(user_id={self.user_id})"

    def is_live(self, *, credentials_version: int, at: datetime) -> bool:
        """Whether it may be used; `credentials_version` is the user's current one."""
        return self.credentials_version == credentials_version and at < self.expires_at
