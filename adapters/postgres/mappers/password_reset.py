"""Password resets from and to rows of `password_resets`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.password_resets import PasswordReset


def reset_from(row: Row) -> PasswordReset:
    """Return the reset of a row of `password_resets`."""
    return PasswordReset(
        user_id=row["user_id"],
        token_hash=row["token_hash"],
        credentials_version=row["credentials_version"],
        expires_at=row["expires_at"],
    )


def reset_row(reset: PasswordReset) -> dict[str, Any]:
    """Return the columns of `password_resets`."""
    return {
        "user_id": reset.user_id,
        "token_hash": reset.token_hash,
        "credentials_version": reset.credentials_version,
        "expires_at": reset.expires_at,
    }
