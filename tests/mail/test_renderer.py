"""MailRenderer: snapshots of every mail in both languages, and injection through names."""

import os
import re
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.mail.formatting import LocaleFormatter
from adapters.mail.message import build_message
from adapters.mail.renderer import MailRenderer
from adapters.mail.sanitize import greeting_name
from application.mails.mail import AccountContent, MailType
from domain.bookings import BookingStatus
from domain.money import Money
from domain.period import Period
from domain.users import Locale
from tests.entities import MONDAY
from tests.mail.mail_factory import EXAMPLES, FRONT_PAGE, a_mail, about_booking, some_booking

SNAPSHOTS = Path(__file__).with_name("snapshots")
SENDER = Address("Harbour House", username="office", domain="house.example")
HOSTILE_NAMES = [
    '<script>alert("x")</script>',
    "Ada\r\nBcc: everybody@example.com",
    "Ada\n\nPlease pay here",
    "\"Ada\" <mallory@example.com>, 'x'",
    "</td><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }} {% raw %}",
    "Ada\u2028Bcc: x@example.com\u202egnp.exe\x00\x1b[31m",
    "=?utf-8?q?Bcc=3A_x?=",
    "Ünal \u2615 \U0001f600 " + "x" * 190,
]


def test_there_is_an_example_of_every_occasion() -> None:
    assert {mail_type for mail_type, _ in EXAMPLES.values()} == set(MailType)


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("example", EXAMPLES)
def test_a_mail_matches_its_snapshot(renderer: MailRenderer, example: str, locale: Locale) -> None:
    mail_type, content = EXAMPLES[example]
    rendered = renderer.render(a_mail(mail_type, content, locale=locale))
    contents = {
        "txt": f"Subject: {rendered.subject}\n\n{rendered.text}",
        "html": rendered.html,
    }
    for suffix, text in contents.items():
        snapshot = SNAPSHOTS / f"{example}.{locale}.{suffix}"
        if os.environ.get("RENEW_SNAPSHOTS"):
            snapshot.write_text(text, encoding="utf-8")
        assert text == snapshot.read_text(encoding="utf-8")


def test_every_snapshot_belongs_to_an_example() -> None:
    stored = {path.name.split(".")[0] for path in SNAPSHOTS.iterdir()}
    assert stored == set(EXAMPLES)


class Tags(HTMLParser):
    """The tags of a document in order, and the words between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.words: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.words += data.split()


@pytest.mark.parametrize("name", HOSTILE_NAMES, ids=range(len(HOSTILE_NAMES)))
@pytest.mark.parametrize("locale", list(Locale))
def test_a_name_cannot_inject_anything(renderer: MailRenderer, name: str, locale: Locale) -> None:
    def render(text: str) -> tuple[str, Tags, list[str]]:
        booking = some_booking(status=BookingStatus.CANCELLED, cancel_reason=text)
        content = about_booking(booking, text)
        mail = a_mail(MailType.BOOKING_CANCELLED, content, full_name=text, locale=locale)
        rendered = renderer.render(mail)
        message = build_message(mail, rendered, SENDER)
        raw = message.as_bytes()
        head, _, _ = raw.partition(b"\r\n\r\n")
        fields = re.findall(rb"^([\w-]+):", head, re.MULTILINE)
        assert "\n" not in rendered.subject
        assert [(address.username, address.domain) for address in message["To"].addresses] == [
            ("ada", "example.com")
        ]
        return rendered.text, Tags(rendered.html), [field.decode() for field in fields]

    harmless_text, harmless, harmless_fields = render("Ada")
    text, tags, fields = render(name)
    assert tags.tags == harmless.tags
    assert fields == harmless_fields
    assert len(text.splitlines()) == len(harmless_text.splitlines())
    assert not set("\x00\x1b\u202e\u2028") & set(text)


@pytest.mark.parametrize(
    "name", ["www.evil.example", "Pay at https://evil.example/x", "me@evil.example", "evil.com"]
)
def test_a_name_that_looks_like_a_link_is_left_out_of_the_greeting(
    renderer: MailRenderer, name: str
) -> None:
    rendered = renderer.render(
        a_mail(MailType.WELCOME, AccountContent(link=FRONT_PAGE), full_name=name)
    )
    assert "evil" not in rendered.text + rendered.html
    assert rendered.text.startswith("Hello,\n")


@pytest.mark.parametrize("name", ["J.R. Smith", "Ada", "Münir Nurettin Selçuk", "O'Neil, Jr."])
def test_ordinary_names_are_used_in_the_greeting(name: str) -> None:
    assert greeting_name(name) == name


def test_the_subject_is_in_the_title_and_the_heading(renderer: MailRenderer) -> None:
    mail_type, content = EXAMPLES["booking_confirmed"]
    rendered = renderer.render(a_mail(mail_type, content))
    assert rendered.html.count("Your booking of Galata Room is confirmed") == 2
    assert '<html lang="en">' in rendered.html


def test_times_are_in_the_houses_time_zone_and_the_recipients_format() -> None:
    period = Period(MONDAY + timedelta(hours=6), MONDAY + timedelta(hours=7, minutes=30))
    zone = ZoneInfo("Europe/Istanbul")
    english = LocaleFormatter(Locale.ENGLISH, zone).period(period).replace("\u202f", " ")
    assert english == "Monday, March 2, 2026, 9:00 AM \u2013 10:30 AM (GMT+03:00)"
    turkish = LocaleFormatter(Locale.TURKISH, zone).period(period)
    assert turkish == "2 Mart 2026 Pazartesi, 09:00 \u2013 10:30 (GMT+03:00)"


def test_a_period_of_several_days_has_both_dates_and_one_over_a_clock_change_both_offsets() -> None:
    berlin = LocaleFormatter(Locale.TURKISH, ZoneInfo("Europe/Berlin"))
    over_the_change = Period(
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    )
    text = berlin.period(over_the_change)
    assert text == "25 Ekim 2026 Pazar, 02:30 (GMT+02:00) \u2013 02:30 (GMT+01:00)"
    days = Period(datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 4, 8, tzinfo=UTC))
    text = berlin.period(days)
    assert text == "2 Mart 2026 Pazartesi, 09:00 \u2013 4 Mart 2026 Çarşamba, 09:00 (GMT+01:00)"
    utc = LocaleFormatter(Locale.ENGLISH, ZoneInfo("UTC"))
    assert utc.period(days).endswith("(UTC)")


def test_amounts_are_in_the_recipients_format() -> None:
    amounts = [LocaleFormatter(locale, ZoneInfo("UTC")).money(Money(1_234_50)) for locale in Locale]
    assert amounts == ["$1,234.50", "$1.234,50"]
