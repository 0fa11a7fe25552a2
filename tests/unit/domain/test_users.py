"""Normalized e-mail addresses, password rules, and what the repr of a user hides."""

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidValue
from domain.users import EmailAddress, Locale, Role, check_password, search_key
from tests.entities import MONDAY, a_member, a_user
from tests.unit.domain.time_strategies import HOUR


@pytest.mark.parametrize(
    "spelling, normalized",
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada@Example.COM", "ada@example.com"),
        ("  ada@example.com\n", "ada@example.com"),
        ("\u3000ada@example.com\u00a0", "ada@example.com"),
        ("\uff41\uff44\uff41\uff20\uff45xample.com", "ada@example.com"),  # full width
        ("ada@example\uff0ecom", "ada@example.com"),
        ("o\ufb03ce@example.com", "office@example.com"),  # a ligature
        ("Rene\u0301@example.com", "ren\u00e9@example.com"),  # composed or not
        ("REN\u00c9@example.com", "ren\u00e9@example.com"),
        ("\u0130rem@example.com", "i\u0307rem@example.com"),  # a dotted capital I keeps its dot
        ("IREM@example.com", "irem@example.com"),
        ("\u0131rem@example.com", "\u0131rem@example.com"),  # and a dotless one gets none
        ("ada+desk_1.x-y'z@mail.example.co.uk", "ada+desk_1.x-y'z@mail.example.co.uk"),
        ("a@b.c", "a@b.c"),
        ("\u0434\u0430@\u043f\u043e\u0447\u0442\u0430.\u0440\u0444",) * 2,
        ("x" * 64 + "@example.com",) * 2,
        ("a@" + "x" * 63 + ".com",) * 2,
    ],
)
def test_spellings_of_an_address_are_normalized(spelling: str, normalized: str) -> None:
    assert str(EmailAddress.parse(spelling)) == normalized


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "@", "ada", "ada@", "@example.com", "ada@localhost", "ada@@example.com",
        "ada@home@example.com", "ada@.com", "ada@example.", "ada@.example.com", "ada@example.com.",
        "ada@example..com", "a..da@example.com", ".ada@example.com", "ada.@example.com",
        "a da@example.com", "ada@exam ple.com", "ada@example.com x", "ada\t@example.com",
        "ada@example.com\nBcc: all@example.com", "ada@example.com\r\n\r\nbody",
        "ada\x00@example.com", "\ud800@example.com",
        "ada@exa\u200bmple.com", "\u202eada@example.com", "ada\u2003@example.com",
        "ada@example.\udfff", "ada@\U000f0000.com", "<ada@example.com>", "Ada <ada@example.com>",
        "mailto:ada@example.com", "ada@[127.0.0.1]", '"ada"@example.com', "ada(x)@example.com",
        "ada,eve@example.com", "ada;eve@example.com", "a\\da@example.com",
        "x" * 65 + "@example.com", "\u00e9" * 33 + "@example.com", "a@" + "x." * 130 + "com",
    ],
)  # fmt: skip
def test_an_invalid_address_is_rejected(text: str) -> None:
    with pytest.raises(InvalidValue):
        EmailAddress.parse(text)


local_parts = st.text(min_size=1, max_size=12)
labels = st.text(min_size=1, max_size=12)


@given(st.builds("{}@{}.{}".format, local_parts, labels, labels) | st.emails())
def test_a_normalized_address_is_normalized_to_itself(text: str) -> None:
    try:
        address = EmailAddress.parse(text)
    except InvalidValue:
        return
    assert EmailAddress.parse(str(address)) == address
    assert unicodedata.is_normalized("NFKC", str(address))


@given(st.emails())
def test_addresses_are_case_insensitive(text: str) -> None:
    address = EmailAddress.parse(text)
    assert EmailAddress.parse(text.upper()) == EmailAddress.parse(text.lower()) == address


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_the_unicode_form_of_an_address_makes_no_difference(form: str) -> None:
    spelling = unicodedata.normalize(form, "g\u00f6k\u00e7e\uff20\u1e69.example")  # type: ignore[arg-type] # these are all four forms
    assert str(EmailAddress.parse(spelling)) == "g\u00f6k\u00e7e@\u1e69.example"


ADA = EmailAddress.parse("ada@example.com")


@pytest.mark.parametrize(
    "password",
    [
        "12345678",
        "x" * 128,
        "\U0001f511" * 8,
        "\u5bc6\u7801" * 4,
        " " * 8,
        "line\nbreak",
        "ada@example.org",
        "my ada@example.com",
    ],
)
def test_a_password_has_8_to_128_characters_of_any_kind(password: str) -> None:
    check_password(password, ADA)


@pytest.mark.parametrize(
    "password",
    [
        "",
        "1234567",
        "\U0001f511" * 7,
        "x" * 129,
        "ada@example.com",
        "ADA@example.com",
        " ada@Example.com ",
        "\uff41da@example.com",
    ],
)
def test_a_password_that_is_too_short_or_long_or_the_address_is_rejected(password: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        check_password(password, ADA)
    assert refusal.value.field == "password"
    assert not password.strip() or password not in refusal.value.message


def test_the_repr_of_a_user_shows_no_secret() -> None:
    user = a_user(password_hash="$argon2id$secret", email=ADA)
    assert "secret" not in repr(user)
    assert "ada" not in repr(user)


@pytest.mark.parametrize("field", ["password", "new_password"])
def test_a_rejected_password_names_its_field(field: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        check_password("short", ADA, field=field)
    assert refusal.value.field == field


def test_an_accented_character_counts_as_one_in_either_form() -> None:
    typed_apart = "e\u0301"
    check_password(typed_apart * 128, ADA)
    with pytest.raises(InvalidValue):
        check_password(typed_apart * 7, ADA)


LATER = MONDAY + HOUR


def test_rehashing_a_password_revokes_nothing() -> None:
    user = a_user()
    renewed = user.with_password_hash("another", at=LATER)
    assert renewed == replace(user, password_hash="another", version=2, updated_at=LATER)


def test_a_new_password_revokes_sessions_and_tokens() -> None:
    user = a_user()
    changed = user.with_new_password("another", at=LATER)
    assert changed == replace(
        user, password_hash="another", credentials_version=2, version=2, updated_at=LATER
    )


def test_a_new_role_revokes_nothing() -> None:
    user = a_user()
    changed = user.with_access(role=Role.ADMIN, is_active=True, at=LATER)
    assert changed == replace(user, role=Role.ADMIN, version=2, updated_at=LATER)


def test_a_deactivation_revokes_every_session_and_an_activation_restores_none() -> None:
    user = a_user()
    gone = user.with_access(role=user.role, is_active=False, at=LATER)
    assert (gone.is_active, gone.credentials_version) == (False, 2)
    back = gone.with_access(role=user.role, is_active=True, at=LATER)
    assert (back.is_active, back.credentials_version, back.version) == (True, 2, 3)


def test_only_name_locale_and_reminders_of_a_user_can_be_changed() -> None:
    user = a_user()
    changed = user.changed(at=LATER, full_name="Grace", locale=Locale.TURKISH, reminders=False)
    assert (changed.full_name, changed.locale, changed.reminders) == ("Grace", "tr", False)
    assert (changed.version, changed.updated_at) == (2, LATER)
    for field in ("role", "credentials_version", "email", "is_active", "version"):
        with pytest.raises(TypeError, match=field):
            user.changed(at=LATER, **{field: "x"})


def test_only_phone_and_company_of_a_member_can_be_changed() -> None:
    member = a_member(a_user())
    changed = member.changed(at=LATER, phone="1", company="Compilers")
    assert changed == replace(member, phone="1", company="Compilers", version=2, updated_at=LATER)
    with pytest.raises(TypeError, match="payment_customer_id"):
        member.changed(at=LATER, payment_customer_id="x")


@pytest.mark.parametrize(
    "first, second",
    [
        ("ADA", "ada"),
        ("G\u00f6k\u00e7e", "gokce"),
        ("G\u00f6k\u00e7e", "Go\u0308kc\u0327e"),
        ("I\u015f\u0131k", "isik"),
        ("\u0130\u015e\u0130K", "isik"),
        ("\uff21da", "ada"),
        ("Stra\u00dfe", "STRASSE"),
    ],
)
def test_a_search_ignores_case_and_accents(first: str, second: str) -> None:
    assert search_key(first) == search_key(second)


@given(st.text())
def test_folding_a_search_text_twice_changes_nothing(text: str) -> None:
    assert search_key(search_key(text)) == search_key(text)


def test_admins_manage_the_business_and_members_do_not() -> None:
    assert {role for role in Role if role.is_staff} == {Role.ADMIN, Role.SUPER_ADMIN}
