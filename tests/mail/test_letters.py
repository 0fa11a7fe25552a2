"""What people read: every mail in both languages, as snapshots, and names that mean harm."""

import os
import re
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.mail.foreign_text import greeted_name
from adapters.mail.letters import Letters
from adapters.mail.message import message_of
from adapters.mail.wording import Wording
from application.ports.mailer import AboutAccount, Occasion
from domain.bookings import BookingStatus
from domain.money import Money
from domain.period import Period
from domain.users import Locale
from tests.entities import MONDAY
from tests.mail.mails import EXAMPLES, FRONT_PAGE, a_mail, about, some_booking

SNAPSHOTS = Path(__file__).with_name("snapshots")
SENDER = Address("Harbour House", username="office", domain="house.example")
HOSTILE = [
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
    assert {occasion for occasion, _ in EXAMPLES.values()} == set(Occasion)


@pytest.mark.parametrize("locale", list(Locale))
@pytest.mark.parametrize("example", EXAMPLES)
def test_a_mail_reads_as_its_snapshot(letters: Letters, example: str, locale: Locale) -> None:
    occasion, content = EXAMPLES[example]
    letter = letters.write(a_mail(occasion, content, locale=locale))
    written = {
        "txt": f"Subject: {letter.subject}\n\n{letter.text}",
        "html": letter.html,
    }
    for form, text in written.items():
        snapshot = SNAPSHOTS / f"{example}.{locale}.{form}"
        if os.environ.get("RENEW_SNAPSHOTS"):
            snapshot.write_text(text, encoding="utf-8")
        assert text == snapshot.read_text(encoding="utf-8")


def test_no_snapshot_is_left_of_what_is_no_more() -> None:
    kept = {path.name.split(".")[0] for path in SNAPSHOTS.iterdir()}
    assert kept == set(EXAMPLES)


class Tags(HTMLParser):
    """The tags of a document in order, and what is outside of them."""

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


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("locale", list(Locale))
def test_a_name_can_do_nothing(letters: Letters, name: str, locale: Locale) -> None:
    def written(text: str) -> tuple[str, Tags, list[str]]:
        booking = some_booking(status=BookingStatus.CANCELLED, cancel_reason=text)
        content = about(booking, text)
        mail = a_mail(Occasion.BOOKING_CANCELLED, content, full_name=text, locale=locale)
        letter = letters.write(mail)
        message = message_of(mail, letter, SENDER)
        raw = message.as_bytes()
        head, _, _ = raw.partition(b"\r\n\r\n")
        fields = re.findall(rb"^([\w-]+):", head, re.MULTILINE)
        assert "\n" not in letter.subject
        assert [(one.username, one.domain) for one in message["To"].addresses] == [
            ("ada", "example.com")
        ]
        return letter.text, Tags(letter.html), [field.decode() for field in fields]

    harmless_text, harmless, harmless_fields = written("Ada")
    text, tags, fields = written(name)
    assert tags.tags == harmless.tags
    assert fields == harmless_fields
    assert len(text.splitlines()) == len(harmless_text.splitlines())
    assert not set("\x00\x1b\u202e\u2028") & set(text)


@pytest.mark.parametrize(
    "name", ["www.evil.example", "Pay at https://evil.example/x", "me@evil.example", "evil.com"]
)
def test_nobody_is_greeted_by_a_name_that_leads_somewhere(letters: Letters, name: str) -> None:
    letter = letters.write(a_mail(Occasion.WELCOME, AboutAccount(link=FRONT_PAGE), full_name=name))
    assert "evil" not in letter.text + letter.html
    assert letter.text.startswith("Hello,\n")


@pytest.mark.parametrize("name", ["J.R. Smith", "Ada", "Münir Nurettin Selçuk", "O'Neil, Jr."])
def test_people_are_greeted_by_their_names(name: str) -> None:
    assert greeted_name(name) == name


def test_the_subject_is_in_the_title_and_the_heading(letters: Letters) -> None:
    occasion, content = EXAMPLES["booking_confirmed"]
    letter = letters.write(a_mail(occasion, content))
    assert letter.html.count("Your booking of Galata Room is confirmed") == 2
    assert '<html lang="en">' in letter.html


def test_times_are_the_houses_in_the_readers_manner() -> None:
    period = Period(MONDAY + timedelta(hours=6), MONDAY + timedelta(hours=7, minutes=30))
    zone = ZoneInfo("Europe/Istanbul")
    english = Wording(Locale.ENGLISH, zone).period(period).replace("\u202f", " ")
    assert english == "Monday, March 2, 2026, 9:00 AM \u2013 10:30 AM (GMT+03:00)"
    turkish = Wording(Locale.TURKISH, zone).period(period)
    assert turkish == "2 Mart 2026 Pazartesi, 09:00 \u2013 10:30 (GMT+03:00)"


def test_a_booking_of_several_days_names_both_and_one_over_a_clock_change_both_offsets() -> None:
    berlin = Wording(Locale.TURKISH, ZoneInfo("Europe/Berlin"))
    over_the_change = Period(
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    )
    told = berlin.period(over_the_change)
    assert told == "25 Ekim 2026 Pazar, 02:30 (GMT+02:00) \u2013 02:30 (GMT+01:00)"
    days = Period(datetime(2026, 3, 2, 8, tzinfo=UTC), datetime(2026, 3, 4, 8, tzinfo=UTC))
    told = berlin.period(days)
    assert told == "2 Mart 2026 Pazartesi, 09:00 \u2013 4 Mart 2026 Çarşamba, 09:00 (GMT+01:00)"
    utc = Wording(Locale.ENGLISH, ZoneInfo("UTC"))
    assert utc.period(days).endswith("(UTC)")


def test_money_is_written_in_the_readers_manner() -> None:
    amounts = [Wording(locale, ZoneInfo("UTC")).money(Money(1_234_50)) for locale in Locale]
    assert amounts == ["$1,234.50", "$1.234,50"]
