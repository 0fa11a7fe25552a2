"""Client: where a request comes from, as far as the entry point can tell."""

from dataclasses import dataclass

MAX_USER_AGENT = 300


@dataclass(frozen=True, slots=True)
class Client:
    """Where a request comes from, as far as the entry point can tell.

    A user agent may call itself anything; what is kept of it is printable and not too long.
    """

    user_agent: str | None = None
    address: str | None = None

    def __post_init__(self) -> None:
        if self.user_agent is not None:
            printable = "".join(filter(str.isprintable, self.user_agent))
            object.__setattr__(self, "user_agent", printable[:MAX_USER_AGENT] or None)
