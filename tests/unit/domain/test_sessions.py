"""Log-ins, and links to set a new password: until when they are good."""

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


def test_a_log_in_is_live_until_it_runs_out() -> None:
    end = MONDAY + LIFETIME
    assert LOG_IN.is_live(credentials_version=3, at=end - MICROSECOND)
    assert not LOG_IN.is_live(credentials_version=3, at=end)


def test_a_log_in_that_was_ended_is_not_live() -> None:
    ended = LOG_IN.ended(at=MONDAY + HOUR)
    assert not ended.is_live(credentials_version=3, at=MONDAY)
    assert (ended.ended_at, ended.version) == (MONDAY + HOUR, LOG_IN.version + 1)


@pytest.mark.parametrize("version", [2, 4])
def test_a_log_in_that_was_called_in_is_not_live(version: int) -> None:
    assert not LOG_IN.is_live(credentials_version=version, at=MONDAY)


def test_a_log_in_that_was_kept_is_good_for_the_next_password() -> None:
    kept = LOG_IN.revalidated(credentials_version=4)
    assert kept == replace(LOG_IN, credentials_version=4, version=LOG_IN.version + 1)


def test_a_refresh_gives_another_token_and_puts_the_end_off() -> None:
    now = MONDAY + 5 * HOUR
    refreshed = LOG_IN.refreshed(b"another", lifetime=LIFETIME, at=now)
    assert refreshed == replace(
        LOG_IN,
        token_hash=b"another",
        version=LOG_IN.version + 1,
        last_used_at=now,
        expires_at=now + LIFETIME,
    )


def test_no_refresh_puts_the_end_off_for_ever() -> None:
    now = MONDAY + MAX_SESSION_AGE - HOUR
    refreshed = LOG_IN.refreshed(b"another", lifetime=LIFETIME, at=now)
    assert refreshed.expires_at == MONDAY + MAX_SESSION_AGE


def test_a_link_is_live_until_it_runs_out_or_the_password_is_another() -> None:
    end = MONDAY + RESET_LIFETIME
    reset = PasswordReset(
        user_id=USER.id, token_hash=b"hash", credentials_version=3, expires_at=end
    )
    assert reset.is_live(credentials_version=3, at=end - MICROSECOND)
    assert not reset.is_live(credentials_version=3, at=end)
    assert not reset.is_live(credentials_version=4, at=MONDAY)


def test_neither_shows_its_hash() -> None:
    reset = PasswordReset(
        user_id=USER.id, token_hash=b"hash", credentials_version=3, expires_at=MONDAY
    )
    assert "hash" not in repr((reset, a_session(USER, token_hash=b"a hash")))
