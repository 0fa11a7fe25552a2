"""SmtpMailer against a real SMTP server: encryption, log-in, refusals, silence, arrival."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from typing import Any

import pytest
from icalendar import Calendar

from adapters.mail.letters import Letters
from adapters.mail.log_mailer import LogMailer
from adapters.mail.smtp_mailer import SmtpMailer
from adapters.mail.smtp_server import SmtpServer, SmtpTls
from application.ports.jobs import CannotBeDone
from application.ports.mailer import AboutAccount, Mail, MailPutOff, MailRefused, Occasion
from domain.period import Period
from domain.users import Locale
from tests.entities import MONDAY
from tests.mail.mail_server import PASSWORD, USER, MailServer, running_mail_server
from tests.mail.mails import EXAMPLES, FRONT_PAGE, a_mail, about, some_booking

SENDER = Address("Harbour House", username="office", domain="house.example")


def mailer(server: MailServer, letters: Letters, **fields: Any) -> SmtpMailer:
    sound: dict[str, Any] = {
        "host": "localhost",
        "port": server.port,
        "tls": SmtpTls.NONE,
        "sender": SENDER,
        "trust": server.trust,
        "step_seconds": 5,
    }
    return SmtpMailer(SmtpServer(**sound | fields), letters)


def welcome(**fields: Any) -> Mail:
    return a_mail(Occasion.WELCOME, AboutAccount(link=FRONT_PAGE), **fields)


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    async with running_mail_server() as server:
        yield server


async def test_a_mail_arrives_with_its_headers_text_and_html(
    server: MailServer, letters: Letters
) -> None:
    sent = welcome(full_name='Münir "M" Selçuk', locale=Locale.TURKISH)
    await mailer(server, letters).send(sent)
    [mail] = server.mails
    [envelope] = server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("office@house.example", ["ada@example.com"])
    assert mail["From"] == "Harbour House <office@house.example>"
    assert mail["To"].addresses[0].display_name == 'Münir "M" Selçuk'
    assert mail["Subject"] == "Harbour House ailesine hoş geldiniz"
    assert mail["Date"].datetime == MONDAY
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "tr"
    letter = letters.write(sent)
    for subtype, text in ("plain", letter.text), ("html", letter.html):
        part = mail.get_body((subtype,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n") == text


async def test_the_same_mail_has_the_same_message_id_and_another_has_another(
    server: MailServer, letters: Letters
) -> None:
    sending = mailer(server, letters)
    for key in ("mail/welcome/1", "mail/welcome/1", "mail/welcome/2"):
        await sending.send(welcome(key=key))
    first, again, other = (mail["Message-ID"] for mail in server.mails)
    assert first == again != other
    assert first.endswith("@house.example>")
    assert "welcome" not in first


async def test_the_calendar_has_the_right_times_across_a_clock_change(
    server: MailServer, letters: Letters
) -> None:
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    booking = some_booking(Period(start, start + timedelta(hours=4)))
    await mailer(server, letters).send(
        a_mail(Occasion.BOOKING_CONFIRMED, about(booking, 'Üst kat; "üst", 1'))
    )
    [attached] = server.mails[0].iter_attachments()
    assert (attached.get_content_type(), attached.get_filename()) == (
        "text/calendar",
        "booking.ics",
    )
    calendar: Any = Calendar.from_ical(attached.get_content())
    [event] = calendar.walk("VEVENT")
    assert event["DTSTART"].dt == start
    assert event["DTEND"].dt == start + timedelta(hours=4)
    assert event["SUMMARY"] == 'Üst kat; "üst", 1'


@pytest.mark.parametrize("example", EXAMPLES)
async def test_every_mail_can_be_sent(server: MailServer, letters: Letters, example: str) -> None:
    occasion, content = EXAMPLES[example]
    for locale in Locale:
        await mailer(server, letters).send(a_mail(occasion, content, locale=locale))
    assert len(server.mails) == 2
    assert all(not part.defects for mail in server.mails for part in mail.walk())


async def test_starttls_encrypts_before_anything_is_said(letters: Letters) -> None:
    async with running_mail_server(starttls=True, log_in=True) as server:
        with_log_in = {"user": USER, "password": PASSWORD}
        await mailer(server, letters, tls=SmtpTls.STARTTLS, **with_log_in).send(welcome())
        assert len(server.mails) == 1
        with pytest.raises(MailPutOff):
            await mailer(server, letters, tls=SmtpTls.NONE, **with_log_in).send(welcome())


async def test_without_starttls_on_offer_nothing_is_sent(
    server: MailServer, letters: Letters
) -> None:
    with pytest.raises(MailPutOff):
        await mailer(server, letters, tls=SmtpTls.STARTTLS).send(welcome())
    assert server.mails == []


async def test_tls_is_spoken_from_the_first_byte(letters: Letters) -> None:
    async with running_mail_server(tls=True) as server:
        await mailer(server, letters, tls=SmtpTls.TLS).send(welcome())
        assert len(server.mails) == 1


@pytest.mark.parametrize("tls", [SmtpTls.TLS, SmtpTls.STARTTLS])
async def test_a_certificate_that_is_not_trusted_is_not_taken(
    letters: Letters, tls: SmtpTls
) -> None:
    kind = {"tls": True} if tls is SmtpTls.TLS else {"starttls": True}
    async with running_mail_server(**kind) as server:
        with pytest.raises(MailPutOff):
            await mailer(server, letters, tls=tls, trust=ssl.create_default_context()).send(
                welcome()
            )
        assert server.mails == []


async def test_a_refused_log_in_passes_once_the_settings_are_right(letters: Letters) -> None:
    async with running_mail_server(starttls=True, log_in=True) as server:
        wrong = mailer(server, letters, tls=SmtpTls.STARTTLS, user=USER, password="wrong secret")
        with pytest.raises(MailPutOff) as put_off:
            await wrong.send(welcome())
        assert "wrong secret" not in f"{put_off.value!r} {wrong._server!r}"


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_what_is_refused_for_good_about_a_mail_is_final(
    server: MailServer, letters: Letters, command: str
) -> None:
    server.answers[command] = "550 No such person here"
    with pytest.raises(MailRefused) as refused:
        await mailer(server, letters).send(welcome())
    assert isinstance(refused.value, CannotBeDone)
    assert "ada@" not in str(refused.value)


@pytest.mark.parametrize(
    "command, answer",
    [("RCPT", "451 Greylisted"), ("DATA", "452 Full"), ("MAIL", "550 Not from you")],
)
async def test_what_may_pass_or_be_set_right_is_tried_again(
    server: MailServer, letters: Letters, command: str, answer: str
) -> None:
    server.answers[command] = answer
    with pytest.raises(MailPutOff):
        await mailer(server, letters).send(welcome())
    del server.answers[command]
    await mailer(server, letters).send(welcome())
    assert len(server.mails) == 1


async def test_nobody_listening_is_trouble_that_passes(letters: Letters) -> None:
    async with running_mail_server() as server:
        pass
    with pytest.raises(MailPutOff):
        await mailer(server, letters).send(welcome())


async def silence() -> str:
    await asyncio.sleep(60)
    return "250 OK"


@pytest.mark.parametrize("limit", [{"step_seconds": 0.3}, {"most_seconds": 0.6}])
async def test_a_server_that_falls_silent_is_not_waited_for(
    server: MailServer, letters: Letters, limit: dict[str, float]
) -> None:
    server.answers["DATA"] = silence
    async with asyncio.timeout(20):
        with pytest.raises(MailPutOff):
            await mailer(server, letters, **limit).send(welcome())


async def test_a_server_that_breaks_off_after_taking_a_mail_has_taken_it(
    letters: Letters, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_mail_server() as server:

        async def never_say_goodbye(*_: Any, **__: Any) -> None:
            raise ConnectionResetError

        monkeypatch.setattr("aiosmtplib.SMTP.quit", never_say_goodbye)
        await mailer(server, letters).send(welcome())
        assert len(server.mails) == 1


@pytest.mark.parametrize("address", ["münir@example.com", "ada@münih.example"])
async def test_an_address_beyond_ascii_is_written_to(
    server: MailServer, letters: Letters, address: str
) -> None:
    await mailer(server, letters).send(welcome(address=address))
    [envelope] = server.envelopes
    local, _, _ = address.partition("@")
    assert envelope.rcpt_tos[0].startswith(f"{local}@")


async def test_of_no_mail_server_only_the_log_hears(
    letters: Letters, caplog: pytest.LogCaptureFixture
) -> None:
    link = f"{FRONT_PAGE}/reset-password?token=abc"
    with caplog.at_level("INFO"):
        await LogMailer(letters).send(a_mail(Occasion.PASSWORD_RESET, AboutAccount(link=link)))
    [record] = caplog.records
    assert link in record.getMessage()
    assert "ada@example.com" in record.getMessage()
