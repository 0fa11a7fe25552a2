"""Client: the client that sent a request, as far as the entry point knows it."""

from dataclasses import dataclass

MAX_USER_AGENT = 300


@dataclass(frozen=True, slots=True)
class Client:
    """The client that sent a request, as far as the entry point knows it.

    The user agent is untrusted: unprintable characters are removed, and it is truncated to
    MAX_USER_AGENT characters.
    """

    user_agent: str | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if self.user_agent is not None:
            printable = "".join(filter(str.isprintable, self.user_agent))
            object.__setattr__(self, "user_agent", printable[:MAX_USER_AGENT] or None)
