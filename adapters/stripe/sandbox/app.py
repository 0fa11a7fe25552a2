"""The sandbox as an ASGI application: the API, the hosted pages, the controls."""

from dataclasses import dataclass

from adapters.stripe.sandbox.control import control
from adapters.stripe.sandbox.endpoint import call_api
from adapters.stripe.sandbox.hosted import show_checkout, show_portal
from adapters.stripe.sandbox.sandbox import Sandbox
from adapters.stripe.sandbox.wire import Receive, Scope, Send, send_json

_PARTS = {
    "/v1/": call_api,
    "/pay/": show_checkout,
    "/portal/": show_portal,
    "/_sandbox/": control,
}


@dataclass(frozen=True)
class SandboxApp:
    """Leads each request to its part."""

    sandbox: Sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        for start, part in _PARTS.items():
            if scope["path"].startswith(start):
                await part(self.sandbox, scope, receive, send)
                return
        await send_json(send, 404, {"error": {"message": "Not found"}})
