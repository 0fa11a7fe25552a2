"""Validity of sessions and password reset links."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.password_resets import RESET_LIFETIME, PasswordReset
from domain.sessions import MAX_SESSION_AGE
from tests.entities import HOUR, MONDAY, a_session, a_user

USER = a_user(credentials_version=3)
LIFETIME = timedelta(days=30)
MICROSECOND = timedelta(microseconds=1)
LOG_IN = a_session(USER, credentials_version=3, expires_at=MONDAY + LIFETIME)


def test_a_session_is_active_until_it_expires() -> None:
    end = MONDAY + LIFETIME
    assert LOG_IN.is_live(credentials_version=3, at=end - MICROSECOND)
    assert not LOG_IN.is_live(credentials_version=3, at=end)


def test_an_ended_session_is_not_active() -> None:
    ended = LOG_IN.ended(at=MONDAY + HOUR)
    assert not ended.is_live(credentials_version=3, at=MONDAY)
    assert (ended.ended_at, ended.version) == (MONDAY + HOUR, LOG_IN.version + 1)


@pytest.mark.parametrize("version", [2, 4])
def test_a_revoked_session_is_not_active(version: int) -> None:
    assert not LOG_IN.is_live(credentials_version=version, at=MONDAY)


def test_a_session_kept_at_a_password_change_stays_active() -> None:
    session = LOG_IN.revalidated(credentials_version=4)
    assert session == replace(LOG_IN, credentials_version=4, version=LOG_IN.version + 1)


def test_a_refresh_rotates_the_token_and_extends_the_session() -> None:
    now = MONDAY + 5 * HOUR
    refreshed = LOG_IN.refreshed(b"another", lifetime=LIFETIME, at=now)
    assert refreshed == replace(
        LOG_IN,
        token_hash=b"another",
        version=LOG_IN.version + 1,
        last_used_at=now,
        expires_at=now + LIFETIME,
    )


def test_no_refresh_extends_a_session_forever() -> None:
    now = MONDAY + MAX_SESSION_AGE - HOUR
    refreshed = LOG_IN.refreshed(b"another", lifetime=LIFETIME, at=now)
    assert refreshed.expires_at == MONDAY + MAX_SESSION_AGE


def test_a_reset_link_is_valid_until_it_expires_or_the_password_changes() -> None:
    end = MONDAY + RESET_LIFETIME
    reset = PasswordReset(
        user_id=USER.id, token_hash=b"hash", credentials_version=3, expires_at=end
    )
    assert reset.is_live(credentials_version=3, at=end - MICROSECOND)
    assert not reset.is_live(credentials_version=3, at=end)
    assert not reset.is_live(credentials_version=4, at=MONDAY)


def test_no_repr_shows_the_token_hash() -> None:
    reset = PasswordReset(
        user_id=USER.id, token_hash=b"hash", credentials_version=3, expires_at=MONDAY
    )
    assert "hash" not in repr((reset, a_session(USER, token_hash=b"a hash")))
