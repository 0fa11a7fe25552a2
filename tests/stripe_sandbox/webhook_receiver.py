"""A webhook endpoint that records what it receives and responds with scripted statuses."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from stripe import Event, Webhook

SECRET = "whsec_of_the_tests"


@dataclass
class WebhookReceiver:
    url: str = ""
    statuses: list[int] = field(default_factory=list)
    """Statuses of the next responses; 200 once the list is empty."""
    received: list[tuple[bytes, str]] = field(default_factory=list)
    """Payload and `Stripe-Signature` of each delivery."""

    def events(self) -> list[Event]:
        """The received events, their signatures verified by the SDK."""
        return [Webhook.construct_event(body, header, SECRET) for body, header in self.received]

    def types(self) -> list[str]:
        return [event.type for event in self.events()]


@contextmanager
def running_receiver() -> Iterator[WebhookReceiver]:
    receiver = WebhookReceiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append((body, self.headers["Stripe-Signature"]))
            self.send_response(receiver.statuses.pop(0) if receiver.statuses else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Log nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()
