"""SmtpMailer against an SMTP server: encryption, login, rejections, timeouts, delivery."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from typing import Any

import pytest
from icalendar import Calendar

from adapters.mail.log_mailer import LogMailer
from adapters.mail.renderer import MailRenderer
from adapters.mail.smtp_mailer import SmtpMailer
from adapters.mail.smtp_server import SmtpServer, SmtpTls
from application.jobs.job import PermanentFailure
from application.mails.mail import AccountContent, Mail, MailType
from application.ports.mailer import MailDeferred, MailRejected
from domain.period import Period
from domain.users import Locale
from tests.entities import MONDAY
from tests.mail.local_smtp_server import PASSWORD, USER, LocalSmtpServer, running_smtp_server
from tests.mail.mail_factory import EXAMPLES, FRONT_PAGE, a_mail, about_booking, some_booking

SENDER = Address("Harbour House", username="office", domain="house.example")


def mailer(server: LocalSmtpServer, renderer: MailRenderer, **fields: Any) -> SmtpMailer:
    defaults: dict[str, Any] = {
        "host": "localhost",
        "port": server.port,
        "tls": SmtpTls.NONE,
        "sender": SENDER,
        "tls_context": server.tls_context,
        "reply_timeout_seconds": 5,
    }
    return SmtpMailer(SmtpServer(**defaults | fields), renderer)


def welcome(**fields: Any) -> Mail:
    return a_mail(MailType.WELCOME, AccountContent(link=FRONT_PAGE), **fields)


@pytest.fixture
async def server() -> AsyncIterator[LocalSmtpServer]:
    async with running_smtp_server() as server:
        yield server


async def test_a_mail_arrives_with_its_headers_text_and_html(
    server: LocalSmtpServer, renderer: MailRenderer
) -> None:
    sent = welcome(full_name='Münir "M" Selçuk', locale=Locale.TURKISH)
    await mailer(server, renderer).send(sent)
    [mail] = server.mails
    [envelope] = server.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("office@house.example", ["ada@example.com"])
    assert mail["From"] == "Harbour House <office@house.example>"
    assert mail["To"].addresses[0].display_name == 'Münir "M" Selçuk'
    assert mail["Subject"] == "Harbour House ailesine hoş geldiniz"
    assert mail["Date"].datetime == MONDAY
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "tr"
    rendered = renderer.render(sent)
    for subtype, text in ("plain", rendered.text), ("html", rendered.html):
        part = mail.get_body((subtype,))
        assert part is not None
        assert part.get_content().replace("\r\n", "\n") == text


async def test_the_same_mail_has_the_same_message_id_and_another_has_another(
    server: LocalSmtpServer, renderer: MailRenderer
) -> None:
    smtp_mailer = mailer(server, renderer)
    for key in ("mail/welcome/1", "mail/welcome/1", "mail/welcome/2"):
        await smtp_mailer.send(welcome(key=key))
    first, again, other = (mail["Message-ID"] for mail in server.mails)
    assert first == again != other
    assert first.endswith("@house.example>")
    assert "welcome" not in first


async def test_the_calendar_has_the_right_times_across_a_clock_change(
    server: LocalSmtpServer, renderer: MailRenderer
) -> None:
    start = datetime(2026, 10, 24, 22, tzinfo=UTC)
    booking = some_booking(Period(start, start + timedelta(hours=4)))
    await mailer(server, renderer).send(
        a_mail(MailType.BOOKING_CONFIRMED, about_booking(booking, 'Üst kat; "üst", 1'))
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
async def test_every_mail_can_be_sent(
    server: LocalSmtpServer, renderer: MailRenderer, example: str
) -> None:
    mail_type, content = EXAMPLES[example]
    for locale in Locale:
        await mailer(server, renderer).send(a_mail(mail_type, content, locale=locale))
    assert len(server.mails) == 2
    assert all(not part.defects for mail in server.mails for part in mail.walk())


async def test_starttls_encrypts_before_the_log_in(renderer: MailRenderer) -> None:
    async with running_smtp_server(starttls=True, log_in=True) as server:
        with_log_in = {"user": USER, "password": PASSWORD}
        await mailer(server, renderer, tls=SmtpTls.STARTTLS, **with_log_in).send(welcome())
        assert len(server.mails) == 1
        with pytest.raises(MailDeferred):
            await mailer(server, renderer, tls=SmtpTls.NONE, **with_log_in).send(welcome())


async def test_nothing_is_sent_if_the_server_does_not_offer_starttls(
    server: LocalSmtpServer, renderer: MailRenderer
) -> None:
    with pytest.raises(MailDeferred):
        await mailer(server, renderer, tls=SmtpTls.STARTTLS).send(welcome())
    assert server.mails == []


async def test_tls_is_used_from_the_first_byte(renderer: MailRenderer) -> None:
    async with running_smtp_server(tls=True) as server:
        await mailer(server, renderer, tls=SmtpTls.TLS).send(welcome())
        assert len(server.mails) == 1


@pytest.mark.parametrize("tls", [SmtpTls.TLS, SmtpTls.STARTTLS])
async def test_an_untrusted_certificate_is_rejected(renderer: MailRenderer, tls: SmtpTls) -> None:
    encryption = {"tls": True} if tls is SmtpTls.TLS else {"starttls": True}
    async with running_smtp_server(**encryption) as server:
        with pytest.raises(MailDeferred):
            await mailer(server, renderer, tls=tls, tls_context=ssl.create_default_context()).send(
                welcome()
            )
        assert server.mails == []


async def test_a_rejected_log_in_is_temporary_and_does_not_reveal_the_password(
    renderer: MailRenderer,
) -> None:
    async with running_smtp_server(starttls=True, log_in=True) as server:
        wrong = mailer(server, renderer, tls=SmtpTls.STARTTLS, user=USER, password="wrong secret")
        with pytest.raises(MailDeferred) as failure:
            await wrong.send(welcome())
        assert "wrong secret" not in f"{failure.value!r} {wrong._server!r}"


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_a_permanent_rejection_of_the_mail_is_permanent(
    server: LocalSmtpServer, renderer: MailRenderer, command: str
) -> None:
    server.replies[command] = "550 No such person here"
    with pytest.raises(MailRejected) as failure:
        await mailer(server, renderer).send(welcome())
    assert isinstance(failure.value, PermanentFailure)
    assert "ada@" not in str(failure.value)


@pytest.mark.parametrize(
    "command, reply",
    [("RCPT", "451 Greylisted"), ("DATA", "452 Full"), ("MAIL", "550 Not from you")],
)
async def test_a_temporary_rejection_or_a_wrong_setting_can_be_retried(
    server: LocalSmtpServer, renderer: MailRenderer, command: str, reply: str
) -> None:
    server.replies[command] = reply
    with pytest.raises(MailDeferred):
        await mailer(server, renderer).send(welcome())
    del server.replies[command]
    await mailer(server, renderer).send(welcome())
    assert len(server.mails) == 1


async def test_a_refused_connection_is_temporary(renderer: MailRenderer) -> None:
    async with running_smtp_server() as server:
        pass
    with pytest.raises(MailDeferred):
        await mailer(server, renderer).send(welcome())


async def hang() -> str:
    await asyncio.sleep(60)
    return "250 OK"


@pytest.mark.parametrize(
    "timeouts", [{"reply_timeout_seconds": 0.3}, {"send_timeout_seconds": 0.6}]
)
async def test_a_server_that_does_not_reply_times_out(
    server: LocalSmtpServer, renderer: MailRenderer, timeouts: dict[str, float]
) -> None:
    server.replies["DATA"] = hang
    async with asyncio.timeout(20):
        with pytest.raises(MailDeferred):
            await mailer(server, renderer, **timeouts).send(welcome())


async def test_a_connection_lost_after_the_mail_was_accepted_is_a_success(
    renderer: MailRenderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with running_smtp_server() as server:

        async def reset_connection(*_: Any, **__: Any) -> None:
            raise ConnectionResetError

        monkeypatch.setattr("aiosmtplib.SMTP.quit", reset_connection)
        await mailer(server, renderer).send(welcome())
        assert len(server.mails) == 1


@pytest.mark.parametrize("address", ["münir@example.com", "ada@münih.example"])
async def test_a_mail_to_a_non_ascii_address_is_sent(
    server: LocalSmtpServer, renderer: MailRenderer, address: str
) -> None:
    await mailer(server, renderer).send(welcome(address=address))
    [envelope] = server.envelopes
    local, _, _ = address.partition("@")
    assert envelope.rcpt_tos[0].startswith(f"{local}@")


async def test_without_a_mail_server_mails_are_logged(
    renderer: MailRenderer, caplog: pytest.LogCaptureFixture
) -> None:
    link = f"{FRONT_PAGE}/reset-password?token=abc"
    with caplog.at_level("INFO"):
        await LogMailer(renderer).send(a_mail(MailType.PASSWORD_RESET, AccountContent(link=link)))
    [record] = caplog.records
    assert link in record.getMessage()
    assert "ada@example.com" in record.getMessage()
