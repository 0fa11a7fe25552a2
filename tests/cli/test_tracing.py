"""Traces as a collector receives them, from the request to its SQL statements."""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from subprocess import run
from typing import Any

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.processes import SECRET, clean_environment, get, post, serving

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@dataclass(slots=True)
class Collector:
    """The collector's URL and the payloads it has received."""

    url: str
    bodies: list[bytes] = field(default_factory=list)

    def spans(self) -> list[Any]:
        spans = []
        for body in self.bodies:
            sent = ExportTraceServiceRequest.FromString(body)
            for resource in sent.resource_spans:
                for scope in resource.scope_spans:
                    spans += scope.spans
        return spans


@contextmanager
def collecting() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            zipped = self.headers.get("Content-Encoding") == "gzip"
            collector.bodies.append(decompress(body) if zipped else body)
            assert self.path == "/v1/traces"
            self.send_response(200)
            self.end_headers()

        def log_request(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        collector = Collector(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever).start()
        try:
            yield collector
        finally:
            server.shutdown()


def test_a_request_is_traced_down_to_its_statements_and_logged_in_one_line(
    empty_database_18: str, tmp_path: Path
) -> None:
    variables = {"DATABASE_URL": empty_database_18, "SECRET_KEY": SECRET}
    person = {"email": "ada@example.com", "password": "nine green umbrellas", "full_name": "Ada"}
    with collecting() as collector:
        variables |= {"OTEL_EXPORTER_OTLP_ENDPOINT": collector.url}
        with serving("--no-worker", cwd=tmp_path, variables=variables) as served:
            signed_up = post(
                f"{served.url}/auth/signup",
                json=person,
                headers={"traceparent": f"00-{TRACE}-{PARENT}-01"},
            ).json()
            bearer = {"Authorization": f"Bearer {signed_up['access_token']}"}
            get(f"{served.url}/auth/me", headers=bearer | {"X-Request-ID": "mine"})
            # Rejected with a message that must not appear in any span.
            post(f"{served.url}/auth/signup", json=person)
            served.end()
        output = served.output
    spans = [span for span in collector.spans() if span.trace_id.hex() == TRACE]
    by_id = {span.span_id: span for span in spans}
    [request] = [span for span in spans if span.name == "POST /auth/signup"]
    assert request.parent_span_id.hex() == PARENT
    [use_case] = [span for span in spans if span.name == "SignUp"]
    assert by_id[use_case.parent_span_id] is request
    statements = [span for span in spans if by_id.get(span.parent_span_id) is use_case]
    assert any(span.name in {"SELECT", "WITH"} for span in statements)
    everything = b"".join(collector.bodies)
    assert not any(text.encode() in everything for text in person.values())

    [line] = [json.loads(text) for text in output if '"request_id":"mine"' in text]
    assert (line["route"], line["status"]) == ("/auth/me", 200)
    assert line["user_id"] == signed_up["user"]["id"]
    assert line["statements"] == 2
    assert not any(signed_up[name] in "".join(output) for name in ("access_token", "refresh_token"))


def test_without_a_collector_no_tracing_module_is_loaded() -> None:
    script = "import sys, entrypoints.http.app; sys.exit('opentelemetry' in sys.modules)"
    ran = run([sys.executable, "-c", script], env=clean_environment(), check=False)
    assert ran.returncode == 0
