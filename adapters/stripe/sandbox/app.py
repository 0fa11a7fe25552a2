"""The sandbox as an ASGI application: the API, the hosted pages and the control commands."""

from dataclasses import dataclass

from adapters.stripe.sandbox.api.endpoint import handle_api_call
from adapters.stripe.sandbox.asgi import Receive, Scope, Send, send_json
from adapters.stripe.sandbox.control import handle_command
from adapters.stripe.sandbox.pages.handlers import handle_checkout_page, handle_portal_page
from adapters.stripe.sandbox.sandbox import Sandbox

_HANDLERS = {
    "/v1/": handle_api_call,
    "/pay/": handle_checkout_page,
    "/portal/": handle_portal_page,
    "/_sandbox/": handle_command,
}


@dataclass(frozen=True)
class SandboxApp:
    """Routes each request to its handler by the start of its path."""

    sandbox: Sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            return
        for prefix, handle in _HANDLERS.items():
            if scope["path"].startswith(prefix):
                await handle(self.sandbox, scope, receive, send)
                return
        await send_json(send, 404, {"error": {"message": "Not found"}})
