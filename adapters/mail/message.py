"""A mail as a message of RFC 5322: its headers, plain text, HTML, and calendar."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256

from adapters.mail.foreign_text import one_line
from adapters.mail.letters import Letter
from application.ports.mailer import AboutBooking, Mail
from domain.users import EmailAddress


def message_of(mail: Mail, letter: Letter, sender: Address) -> EmailMessage:
    """The message, ready to be sent. The same mail has the same Message-ID each time."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = _address(mail.to.address, mail.to.full_name)
    message["Subject"] = letter.subject
    message["Date"] = mail.written_at
    message["Message-ID"] = message_id(mail.key, sender.domain)
    # Out-of-office programs do not answer what says this of itself.
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    if isinstance(mail.about, AboutBooking) and mail.about.calendar is not None:
        message.add_attachment(
            mail.about.calendar.decode(), subtype="calendar", filename="booking.ics"
        )
    # At last, because parts that are added take headers of content along.
    message["Content-Language"] = mail.to.locale.value
    return message


def message_id(key: str, domain: str) -> str:
    """The key's own, which does not tell the key."""
    return f"<{sha256(key.encode()).hexdigest()[:32]}@{domain}>"


def _address(address: EmailAddress, full_name: str) -> Address:
    local, _, host = address.value.rpartition("@")
    # Given apart, because the parser of whole addresses does not know RFC 6531's.
    return Address(display_name=one_line(full_name), username=local, domain=_ascii(host))


def _ascii(host: str) -> str:
    try:
        return host.encode("idna").decode()
    except UnicodeError:
        return host
