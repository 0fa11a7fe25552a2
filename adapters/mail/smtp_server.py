"""SmtpServer: connection settings. A separate module, so that settings load without aiosmtplib."""

from dataclasses import dataclass
from email.headerregistry import Address
from enum import StrEnum
from ssl import SSLContext


class SmtpTls(StrEnum):
    """Encryption of the connection: STARTTLS after the greeting, TLS from the start, or none."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """The mail server, the credentials for it, and the sender of every mail.

    `tls_context` verifies the server's certificate; None uses the system's certificate authorities.
    `reply_timeout_seconds` limits each reply of the server, `send_timeout_seconds` a whole mail.
    """

    host: str
    port: int
    tls: SmtpTls
    user: str | None = None
    password: str | None = None
    sender: Address
    tls_context: SSLContext | None = None
    reply_timeout_seconds: float = 10
    send_timeout_seconds: float = 25

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port}, {self.tls})"
