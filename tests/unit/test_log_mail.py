"""LogMailer: mails of a house without a mail server."""

import logging

import pytest

from adapters.log_mail import LogMailer
from application.ports.mailer import Mailer, PasswordResetMail
from domain.users import EmailAddress, Locale


@pytest.fixture
def anyio_backend() -> str:
    """The service runs on asyncio."""
    return "asyncio"


async def test_the_link_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    mailer: Mailer = LogMailer()
    mail = PasswordResetMail(
        to=EmailAddress.parse("ada@example.com"),
        full_name="Ada Lovelace",
        locale=Locale.ENGLISH,
        link="https://house.example/reset-password?token=abc",
    )
    with caplog.at_level(logging.INFO):
        await mailer.send(mail)
    [record] = caplog.records
    assert mail.link in record.getMessage()
    assert "ada@example.com" in record.getMessage()
