"""SmtpServer: where mails are handed in. Apart from the rest, because settings are read often."""

from dataclasses import dataclass
from email.headerregistry import Address
from enum import StrEnum
from ssl import SSLContext


class SmtpTls(StrEnum):
    """How the connection is encrypted: after the greeting, from the first byte on, or not."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """Where mails are handed in, and as whom. `trust` is what certificates are checked against.

    The server has `step_seconds` for each answer, and `most_seconds` for a mail.
    """

    host: str
    port: int
    tls: SmtpTls
    user: str | None = None
    password: str | None = None
    sender: Address
    trust: SSLContext | None = None
    step_seconds: float = 10
    most_seconds: float = 25

    def __repr__(self) -> str:
        return f"SmtpServer({self.host}:{self.port}, {self.tls})"
