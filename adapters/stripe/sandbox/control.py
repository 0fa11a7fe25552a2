"""`/_sandbox/…`: the sandbox's control commands over HTTP, for tests in other processes.

`POST /_sandbox/{command}` takes a JSON object with the command's arguments, and the API key as a
bearer token. Names of commands and arguments are a stable interface; some differ from the methods
of `Sandbox` that they call.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from adapters.stripe.sandbox.asgi import Receive, Scope, Send, header, read_body, send_json
from adapters.stripe.sandbox.errors import ApiError
from adapters.stripe.sandbox.faults import FaultKind
from adapters.stripe.sandbox.sandbox import Sandbox
from adapters.stripe.sandbox.webhooks.delivery_rules import DeliveryKind


def _advance(sandbox: Sandbox, *, seconds: float) -> object:
    sandbox.advance(timedelta(seconds=seconds))
    return {"now": sandbox.now()}


def _fault(sandbox: Sandbox, *, kind: str, **options: Any) -> None:
    sandbox.add_fault(FaultKind(kind), **options)


def _on_the_way(sandbox: Sandbox, *, kind: str, **options: Any) -> None:
    sandbox.add_delivery_rule(DeliveryKind(kind), **options)


def _clear(sandbox: Sandbox) -> None:
    sandbox.faults.clear()
    sandbox.deliveries.clear_rules()


def _get(sandbox: Sandbox, *, kind: str, wanted: str) -> object:
    return sandbox.get(kind, wanted)


def _use_older_shape(sandbox: Sandbox, *, is_older: bool = True) -> None:
    sandbox.use_legacy_events(is_legacy=is_older)


COMMANDS: Mapping[str, Callable[..., object]] = {
    "advance": _advance,
    "cancel": Sandbox.cancel,
    "cancel_at_period_end": Sandbox.cancel_at_period_end,
    "clear": _clear,
    "decline": Sandbox.decline,
    "decline_renewals": Sandbox.decline_renewals,
    "events": Sandbox.events,
    "expire": Sandbox.expire,
    "fail_later": Sandbox.fail_async_payment,
    "fail_refund": Sandbox.fail_refund,
    "fault": _fault,
    "get": _get,
    "ledger": Sandbox.ledger,
    "now": Sandbox.now,
    "on_the_way": _on_the_way,
    "pay": Sandbox.pay,
    "pay_invoice": Sandbox.pay_invoice,
    "pay_later": Sandbox.start_async_payment,
    "refund": Sandbox.refund,
    "release": Sandbox.release,
    "renew": Sandbox.renew,
    "resend": Sandbox.resend,
    "succeed_later": Sandbox.succeed_async_payment,
    "switch_plan": Sandbox.switch_plan,
    "use_older_shape": _use_older_shape,
}


async def handle_command(sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
    """Run a command and send `{"result": …}`."""
    body = await read_body(receive)
    command = COMMANDS.get(scope["path"].removeprefix("/_sandbox/"))
    if header(scope, "authorization") != f"Bearer {sandbox.api_key}":
        await send_json(send, 401, {"error": "The sandbox's API key is required."})
    elif command is None or scope["method"] != "POST":
        await send_json(send, 404, {"error": "There is no such command."})
    else:
        try:
            result = command(sandbox, **json.loads(body or b"{}"))
        except ApiError as error:
            await send_json(send, 400, error.document())
        except (TypeError, ValueError, KeyError) as error:
            await send_json(send, 400, {"error": repr(error)})
        else:
            await send_json(send, 200, {"result": result})
