"""JwtAccessTokens: a genuine token is accepted, and nothing else is."""

from datetime import timedelta
from uuid import UUID

import jwt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.security import JwtAccessTokens
from application.ports.access_tokens import AccessTokens, Claims
from domain.errors import InvalidToken
from tests.entities import MONDAY
from tests.security.token_attacks import TOKEN_ATTACKS
from tests.security.token_forgery import (
    GENUINE,
    HEADER,
    ISSUED_AT,
    KEY,
    LIFETIME,
    NOW,
    OLD_KEY,
    OTHER_KEY,
    SESSION_ID,
    TOKENS,
    USER_ID,
    forged,
    signed,
)

SECOND = timedelta(seconds=1)


def is_accepted(token: str, tokens: AccessTokens = TOKENS) -> bool:
    try:
        tokens.verify(token, at=NOW)
    except InvalidToken:
        return False
    return True


def test_a_token_carries_user_session_version_and_issue_time() -> None:
    token = TOKENS.issue(USER_ID, SESSION_ID, 7, at=NOW + timedelta(microseconds=999_999))
    assert TOKENS.verify(token, at=NOW + SECOND) == Claims(
        user_id=USER_ID, session_id=SESSION_ID, credentials_version=7, issued_at=NOW
    )


def test_pyjwt_decodes_a_token_as_the_contract_specifies() -> None:
    claims = jwt.decode(
        GENUINE,
        KEY,
        algorithms=["HS256"],
        audience="cowork-api",
        issuer="cowork-api",
        options={"verify_exp": False, "verify_iat": False},
    )
    assert (claims["sub"], claims["purpose"]) == (str(USER_ID), "access")
    assert claims["exp"] - claims["iat"] == LIFETIME.total_seconds()


def test_every_token_has_a_unique_id() -> None:
    decoded = [
        jwt.decode(
            TOKENS.issue(USER_ID, SESSION_ID, 1, at=NOW), options={"verify_signature": False}
        )
        for _ in range(20)
    ]
    assert len({UUID(claims["jti"]) for claims in decoded}) == 20


def test_a_token_is_valid_until_its_lifetime_ends() -> None:
    TOKENS.verify(GENUINE, at=NOW + LIFETIME - timedelta(microseconds=1))
    with pytest.raises(InvalidToken):
        TOKENS.verify(GENUINE, at=NOW + LIFETIME)


def test_a_clock_slightly_behind_the_signers_accepts_a_token() -> None:
    TOKENS.verify(GENUINE, at=NOW - 5 * SECOND)
    with pytest.raises(InvalidToken):
        TOKENS.verify(GENUINE, at=NOW - 6 * SECOND)


def test_the_unmodified_tokens_behind_the_attacks_are_accepted() -> None:
    assert is_accepted(forged())
    assert is_accepted(forged(iat=ISSUED_AT + 5))
    assert is_accepted(forged(exp=ISSUED_AT + 86_400))


@pytest.mark.parametrize("token", TOKEN_ATTACKS.values(), ids=TOKEN_ATTACKS.keys())
def test_an_attack_is_rejected(token: str) -> None:
    assert not is_accepted(token)


def test_there_are_over_200_distinct_attacks() -> None:
    assert len(set(TOKEN_ATTACKS.values())) > 200
    assert GENUINE not in TOKEN_ATTACKS.values()


def test_during_a_key_rotation_the_first_key_signs_and_all_verify() -> None:
    before, during, after = (
        JwtAccessTokens(keys, LIFETIME) for keys in ([OLD_KEY], [KEY, OLD_KEY], [KEY])
    )
    old, new = (tokens.issue(USER_ID, SESSION_ID, 1, at=NOW) for tokens in (before, during))
    assert is_accepted(old, during)
    assert is_accepted(new, during)
    assert is_accepted(new, after)
    assert not is_accepted(old, after)
    assert not is_accepted(new, before)
    assert not is_accepted(forged(OTHER_KEY), during)


@pytest.mark.parametrize(
    "keys",
    [[], [""], ["x" * 31], ["x" * 32, "short"], ["\u00e9" * 15]],
    ids=["none", "empty", "short", "one of two short", "short in bytes"],
)
def test_a_key_has_at_least_32_bytes(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        JwtAccessTokens(keys, LIFETIME)


def test_a_lifetime_of_more_than_a_day_can_be_configured() -> None:
    tokens = JwtAccessTokens([KEY], timedelta(days=2))
    token = tokens.issue(USER_ID, SESSION_ID, 1, at=MONDAY)
    tokens.verify(token, at=MONDAY + timedelta(days=2) - SECOND)


positions = st.integers(0, len(GENUINE) - 1)
some_text = st.text(max_size=3) | st.sampled_from("AB09-_=.+/ \n\0")


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
@example("A.A.A")
@example("e30.e30.e30")
def test_arbitrary_text_is_rejected(text: str) -> None:
    assert not is_accepted(text)


@given(positions, positions, some_text)
def test_any_change_to_a_genuine_token_is_rejected(start: int, end: int, replacement: str) -> None:
    changed = GENUINE[: min(start, end)] + replacement + GENUINE[max(start, end) :]
    assert is_accepted(changed) == (changed == GENUINE)


@given(positions, st.integers(0, 7))
def test_any_flipped_bit_is_rejected(position: int, bit: int) -> None:
    changed = bytearray(GENUINE.encode())
    changed[position] ^= 1 << bit
    assert not is_accepted(changed.decode("latin-1"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(
    st.sampled_from(["iss", "aud", "sub", "sid", "jti", "purpose", "cver", "iat", "exp", "x"]),
    json_values,
)
def test_a_claim_of_another_type_is_rejected(name: str, value: object) -> None:
    is_int = type(value) is int
    assert is_int or not is_accepted(forged(**{name: value}))


@given(st.binary(max_size=300))
def test_a_signed_arbitrary_payload_is_rejected(payload: bytes) -> None:
    assert not is_accepted(signed(HEADER, payload))
    assert not is_accepted(signed(payload, payload))
