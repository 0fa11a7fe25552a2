"""`/_sandbox/…`: the sandbox's own controls over HTTP, for tests in other processes.

`POST /_sandbox/{command}` with a JSON object of the command's arguments, and the API key.
"""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from adapters.stripe.sandbox.deliveries import DeliveryKind
from adapters.stripe.sandbox.failures import ApiError
from adapters.stripe.sandbox.faults import FaultKind
from adapters.stripe.sandbox.sandbox import Sandbox
from adapters.stripe.sandbox.wire import Receive, Scope, Send, body_of, header, send_json


def _advance(sandbox: Sandbox, *, seconds: float) -> object:
    sandbox.advance(timedelta(seconds=seconds))
    return {"now": sandbox.now()}


def _fault(sandbox: Sandbox, *, kind: str, **options: Any) -> None:
    sandbox.fault(FaultKind(kind), **options)


def _on_the_way(sandbox: Sandbox, *, kind: str, **options: Any) -> None:
    sandbox.on_the_way(DeliveryKind(kind), **options)


def _clear(sandbox: Sandbox) -> None:
    sandbox.faults.clear()
    sandbox.deliveries.clear_script()


COMMANDS: Mapping[str, Callable[..., object]] = {
    "advance": _advance,
    "cancel": Sandbox.cancel,
    "cancel_at_period_end": Sandbox.cancel_at_period_end,
    "clear": _clear,
    "decline": Sandbox.decline,
    "decline_renewals": Sandbox.decline_renewals,
    "events": Sandbox.events,
    "expire": Sandbox.expire,
    "fail_later": Sandbox.fail_later,
    "fail_refund": Sandbox.fail_refund,
    "fault": _fault,
    "get": Sandbox.get,
    "ledger": Sandbox.ledger,
    "now": Sandbox.now,
    "on_the_way": _on_the_way,
    "pay": Sandbox.pay,
    "pay_invoice": Sandbox.pay_invoice,
    "pay_later": Sandbox.pay_later,
    "refund": Sandbox.refund,
    "release": Sandbox.release,
    "renew": Sandbox.renew,
    "resend": Sandbox.resend,
    "succeed_later": Sandbox.succeed_later,
    "switch_plan": Sandbox.switch_plan,
    "use_older_shape": Sandbox.use_older_shape,
}


async def control(sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
    """Do a command, and answer `{"result": …}`."""
    body = await body_of(receive)
    command = COMMANDS.get(scope["path"].removeprefix("/_sandbox/"))
    if header(scope, "authorization") != f"Bearer {sandbox.api_key}":
        await send_json(send, 401, {"error": "The sandbox's API key is needed."})
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
