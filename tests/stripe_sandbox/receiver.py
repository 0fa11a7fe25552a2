"""A webhook of the tests' own: keeps what it is sent, and answers as it is told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from stripe import Event, Webhook

SECRET = "whsec_of_the_tests"


@dataclass
class Receiver:
    url: str = ""
    statuses: list[int] = field(default_factory=list)
    """What the next deliveries are answered with; 200 when there are no more."""
    received: list[tuple[bytes, str]] = field(default_factory=list)

    def events(self) -> list[Event]:
        """What arrived, its signatures verified by the SDK."""
        return [Webhook.construct_event(body, header, SECRET) for body, header in self.received]

    def types(self) -> list[str]:
        return [event.type for event in self.events()]


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append((body, self.headers["Stripe-Signature"]))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
