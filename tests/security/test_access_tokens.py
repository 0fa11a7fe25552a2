"""JwtAccessTokens: a genuine token is read, and nothing else is."""

from datetime import timedelta
from uuid import UUID

import jwt
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.security import JwtAccessTokens
from application.ports.tokens import AccessTokens, Claims
from domain.errors import InvalidToken
from tests.entities import MONDAY
from tests.security.forging import (
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
from tests.security.token_attacks import TOKEN_ATTACKS

SECOND = timedelta(seconds=1)


def is_accepted(token: str, tokens: AccessTokens = TOKENS) -> bool:
    try:
        tokens.verify(token, at=NOW)
    except InvalidToken:
        return False
    return True


def test_a_token_says_whose_it_is_from_which_log_in_and_since_when() -> None:
    token = TOKENS.issue(USER_ID, SESSION_ID, 7, at=NOW + timedelta(microseconds=999_999))
    assert TOKENS.verify(token, at=NOW + SECOND) == Claims(
        user_id=USER_ID, session_id=SESSION_ID, credentials_version=7, issued_at=NOW
    )


def test_another_jwt_library_call_reads_it_as_the_contract_says() -> None:
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


def test_no_two_tokens_have_the_same_id() -> None:
    read = [
        jwt.decode(
            TOKENS.issue(USER_ID, SESSION_ID, 1, at=NOW), options={"verify_signature": False}
        )
        for _ in range(20)
    ]
    assert len({UUID(claims["jti"]) for claims in read}) == 20


def test_it_is_good_until_its_lifetime_is_over() -> None:
    TOKENS.verify(GENUINE, at=NOW + LIFETIME - timedelta(microseconds=1))
    with pytest.raises(InvalidToken):
        TOKENS.verify(GENUINE, at=NOW + LIFETIME)


def test_a_clock_that_is_a_little_behind_the_signers_accepts_it() -> None:
    TOKENS.verify(GENUINE, at=NOW - 5 * SECOND)
    with pytest.raises(InvalidToken):
        TOKENS.verify(GENUINE, at=NOW - 6 * SECOND)


def test_what_the_attacks_are_made_of_is_accepted_as_long_as_nothing_is_changed() -> None:
    assert is_accepted(forged())
    assert is_accepted(forged(iat=ISSUED_AT + 5))
    assert is_accepted(forged(exp=ISSUED_AT + 86_400))


@pytest.mark.parametrize("token", TOKEN_ATTACKS.values(), ids=TOKEN_ATTACKS.keys())
def test_an_attack_is_refused(token: str) -> None:
    assert not is_accepted(token)


def test_the_attacks_are_many_and_different() -> None:
    assert len(set(TOKEN_ATTACKS.values())) > 200
    assert GENUINE not in TOKEN_ATTACKS.values()


def test_while_keys_rotate_the_first_signs_and_all_verify() -> None:
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
    ids=["none", "empty", "short", "one of them short", "short in bytes"],
)
def test_keys_have_32_bytes_at_least(keys: list[str]) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        JwtAccessTokens(keys, LIFETIME)


def test_a_lifetime_of_more_than_a_day_can_be_set() -> None:
    tokens = JwtAccessTokens([KEY], timedelta(days=2))
    token = tokens.issue(USER_ID, SESSION_ID, 1, at=MONDAY)
    tokens.verify(token, at=MONDAY + timedelta(days=2) - SECOND)


positions = st.integers(0, len(GENUINE) - 1)
some_text = st.text(max_size=3) | st.sampled_from("AB09-_=.+/ \n\0")


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
@example("A.A.A")
@example("e30.e30.e30")
def test_no_text_is_anything_but_refused(text: str) -> None:
    assert not is_accepted(text)


@given(positions, positions, some_text)
def test_no_change_of_a_genuine_token_is_anything_but_refused(
    start: int, end: int, replacement: str
) -> None:
    changed = GENUINE[: min(start, end)] + replacement + GENUINE[max(start, end) :]
    assert is_accepted(changed) == (changed == GENUINE)


@given(positions, st.integers(0, 7))
def test_no_flipped_bit_goes_unnoticed(position: int, bit: int) -> None:
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
def test_whatever_a_claim_is_made_nothing_but_a_refusal_comes_of_it(
    name: str, value: object
) -> None:
    is_int = type(value) is int
    assert is_int or not is_accepted(forged(**{name: value}))


@given(st.binary(max_size=300))
def test_whatever_is_signed_nothing_but_a_refusal_comes_of_it(payload: bytes) -> None:
    assert not is_accepted(signed(HEADER, payload))
    assert not is_accepted(signed(payload, payload))
