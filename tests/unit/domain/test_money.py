"""Money: exact cents inside, the contract's formats outside, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValue
from domain.money import MAX_INPUT_CENTS, ZERO, Money
from domain.tariff import Tariff

amounts = st.integers(0, MAX_INPUT_CENTS).map(Money)


@given(amounts)
def test_a_formatted_amount_parses_back(amount: Money) -> None:
    assert Money.parse(str(amount)) == amount


@given(st.integers(0, 10**15))
def test_an_amount_is_formatted_with_two_decimals(cents: int) -> None:
    whole, point, fraction = str(Money(cents)).partition(".")
    assert (point, len(fraction)) == (".", 2)
    assert int(whole) * 100 + int(fraction) == cents


@pytest.mark.parametrize(
    "spelling, cents",
    [
        ("12.50", 12_50),
        ("12.5", 12_50),
        ("12", 12_00),
        (12, 12_00),
        ("0", 0),
        (0, 0),
        ("0.01", 1),
        ("1000000.00", 1_000_000_00),
        ("1000000", 1_000_000_00),
        (1_000_000, 1_000_000_00),
    ],
    ids=repr,
)
def test_a_string_or_an_integer_in_dollars_is_parsed(spelling: object, cents: int) -> None:
    assert Money.parse(spelling) == Money(cents)


@pytest.mark.parametrize(
    "spelling",
    [
        "12.505", "0.000", "12.", ".5", ".", "", " ", " 12", "12 ", "12\n", "1 2", "\x00", "12\x00",
        "-1", "-0", "-0.00", "+1", "--1", "1-", -1, -(10**30),
        "1e3", "1E3", "1e1000000", "0x10", "1_000", "1,000", "1,50", "$1", "1.2.3", "twelve",
        "NaN", "nan", "Infinity", "-Infinity", "inf", "sNaN",
        "\u0661\u0662", "\uff11\uff12", "1\u066b5", "\u00b2", "1\u00a0", "\u22121", "\ud800",
        "1000000.01", "1000001", "9999999.99", "10000000", 1_000_001, 2**64,
        12.5, 12.0, float("nan"), float("inf"), True, False, None, b"12", ["12"], {"usd": 12}, 1j,
    ],
    # No backslashes: pytest escapes them, and once more when mutmut runs it again in one process.
    ids=lambda spelling: ascii(spelling).replace("\\", "/"),
)  # fmt: skip
def test_every_other_format_is_rejected(spelling: object) -> None:
    with pytest.raises(InvalidValue):
        Money.parse(spelling)


@pytest.mark.parametrize("spelling", ["9" * 10_000, 10**5000], ids=["text", "integer"])
def test_a_number_with_too_many_digits_is_rejected(spelling: object) -> None:
    with pytest.raises(InvalidValue):
        Money.parse(spelling)


@given(st.text() | st.from_regex(r"[-+0-9.eE_ ]{0,12}", fullmatch=True))
def test_any_accepted_text_is_plain_digits_with_at_most_two_decimals(text: str) -> None:
    try:
        amount = Money.parse(text)
    except InvalidValue:
        return
    whole, _, fraction = text.partition(".")
    assert set(whole + fraction) <= set("0123456789")
    assert amount.cents == int(whole) * 100 + int((fraction + "00")[:2])
    assert len(fraction) <= 2
    assert amount.cents <= MAX_INPUT_CENTS


@given(amounts, amounts)
def test_adding_and_subtracting_an_amount_changes_nothing(first: Money, second: Money) -> None:
    assert first + second - second == first
    assert (first + second).cents == first.cents + second.cents


def test_subtracting_more_than_the_amount_is_rejected() -> None:
    with pytest.raises(InvalidValue):
        Money(1) - Money(2)


def test_an_amount_is_never_negative() -> None:
    with pytest.raises(InvalidValue):
        Money(-1)


def test_only_zero_is_falsy() -> None:
    assert not ZERO
    assert Money(1)


def test_amounts_multiply_and_compare() -> None:
    assert Money(12_50) * 3 == Money(37_50)
    assert Money(1) < Money(2)


def test_a_tariff_needs_a_rate_and_zero_counts() -> None:
    assert Tariff(monthly=ZERO).monthly == ZERO
    with pytest.raises(InvalidValue) as refusal:
        Tariff()
    assert refusal.value.field == "hourly_rate"
