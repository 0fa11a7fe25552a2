"""reset_row: the columns of `password_resets`."""

from typing import Any

from adapters.postgres.mappers.values import Row
from domain.password_resets import PasswordReset


def reset_from(row: Row) -> PasswordReset:
    """A row of `password_resets`."""
    user_id, token_hash, credentials_version, expires_at = row
    return PasswordReset(
        user_id=user_id,
        token_hash=token_hash,
        credentials_version=credentials_version,
        expires_at=expires_at,
    )


def reset_row(reset: PasswordReset) -> dict[str, Any]:
    """The columns of `password_resets`."""
    return {
        "user_id": reset.user_id,
        "token_hash": reset.token_hash,
        "credentials_version": reset.credentials_version,
        "expires_at": reset.expires_at,
    }
