"""Builds RFC 5322 messages: headers, plain text, HTML, and an attached calendar."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from adapters.mail.renderer import RenderedMail
from adapters.mail.sanitize import single_line
from application.mails.mail import BookingContent, Mail
from domain.users import EmailAddress


def build_message(mail: Mail, rendered: RenderedMail, sender: Address) -> EmailMessage:
    """Return the message, ready to be sent. The same mail always has the same Message-ID."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(mail.to.address, mail.to.full_name)
    message["Subject"] = rendered.subject
    message["Date"] = mail.written_at
    message["Message-ID"] = message_id(mail.key, sender.domain)
    # RFC 3834: out-of-office programs do not reply to a message with this header.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    if isinstance(mail.content, BookingContent) and mail.content.calendar is not None:
        message.add_attachment(
            mail.content.calendar.decode(), subtype="calendar", filename="booking.ics"
        )
    # Set last, because adding a part moves the existing content headers into it.
    message["Content-Language"] = mail.to.locale.value
    return message


def message_id(key: str, domain: str) -> str:
    """Return the Message-ID of a mail, derived from its key without revealing the key."""
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _address(address: EmailAddress, full_name: str) -> Address:
    local, _, host = address.value.rpartition("@")
    # Passed in parts, because the parser of whole addresses does not support RFC 6531 addresses.
    return Address(display_name=single_line(full_name), username=local, domain=_ascii(host))


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
