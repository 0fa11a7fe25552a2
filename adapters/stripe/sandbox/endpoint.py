"""A call of `/v1/…` over HTTP: the key, the fault script, idempotency, then the call itself."""

import asyncio
import hmac
import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import unquote

from adapters.stripe.sandbox.account import CURRENT_VERSION
from adapters.stripe.sandbox.api import Request, perform
from adapters.stripe.sandbox.failures import ApiError
from adapters.stripe.sandbox.faults import Fault, FaultKind
from adapters.stripe.sandbox.forms import decoded
from adapters.stripe.sandbox.idempotency import Answer
from adapters.stripe.sandbox.sandbox import HandledRequest, Sandbox
from adapters.stripe.sandbox.wire import (
    Receive,
    Scope,
    Send,
    body_of,
    break_connection,
    gone,
    header,
    send_json,
)

_TIMEOUTS = {FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER}
_RESETS = {FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER}
_AFTER = {FaultKind.TIMEOUT_AFTER, FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_AFTER}

_ERROR_500 = ApiError(
    "An unknown error occurred", status=HTTPStatus.INTERNAL_SERVER_ERROR, type="api_error"
)
_ERROR_429 = ApiError(
    "Request rate limit exceeded.", status=HTTPStatus.TOO_MANY_REQUESTS, code="rate_limit"
)


async def call_api(sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer the call, or leave it without an answer if the script says so."""
    method, path = scope["method"], scope["path"]
    body = await body_of(receive)
    fault = sandbox.faults.take(method, path)
    kind = None if fault is None else fault.kind
    answer = await _answered(sandbox, scope, body, fault)
    key = header(scope, "idempotency-key")
    is_replayed = "Idempotent-Replayed" in answer.headers
    is_lost = kind in _TIMEOUTS | _RESETS
    status = None if is_lost else answer.status
    sandbox.requests.append(HandledRequest(method, path, key, status, is_replayed, kind))
    if kind in _TIMEOUTS:
        await gone(receive)
    elif kind in _RESETS:
        break_connection(scope)
    else:
        headers = {
            "Request-Id": answer.request_id,
            "Stripe-Version": header(scope, "stripe-version") or CURRENT_VERSION,
            **({} if key is None else {"Idempotency-Key": key}),
            **answer.headers,
        }
        await send_json(send, answer.status, answer.document, headers)


async def _answered(
    sandbox: Sandbox, scope: Scope, body: bytes | None, fault: Fault | None
) -> Answer:
    with sandbox.account.lock:
        request_id = sandbox.account.new_id("req")
    kind = None if fault is None else fault.kind
    try:
        _check_key(sandbox, scope)
        if kind is FaultKind.RATE_LIMIT:
            raise _ERROR_429
        if kind in {FaultKind.SERVER_ERROR, FaultKind.TIMEOUT_BEFORE, FaultKind.RESET_BEFORE}:
            raise _ERROR_500
        answer = await _once(sandbox, _request(scope, body), fault, request_id)
    except ApiError as error:
        return Answer(error.status, error.document(), request_id)
    if kind in _AFTER:
        return Answer(_ERROR_500.status, _ERROR_500.document(), request_id)
    return answer


async def _once(sandbox: Sandbox, request: Request, fault: Fault | None, request_id: str) -> Answer:
    """Perform the call, or repeat the answer of its idempotency key."""
    key = request.idempotency_key if request.method == "POST" else None
    if key is not None:
        asked = json.dumps([request.method, request.path, request.params], sort_keys=True)
        with sandbox.account.lock:
            earlier = sandbox.keys.begin(key, asked, sandbox.now())
        if earlier is not None:
            replayed = {"Idempotent-Replayed": "true", "Original-Request": earlier.request_id}
            return Answer(earlier.status, earlier.document, request_id, replayed)
    if fault is not None and fault.kind is FaultKind.SLOW:
        await asyncio.sleep(fault.seconds)
    answer, is_kept = _performed(sandbox, request, fault, request_id)
    if key is not None:
        with sandbox.account.lock:
            if is_kept:
                sandbox.keys.keep(key, answer)
            else:
                sandbox.keys.forget(key)
    return answer


def _performed(
    sandbox: Sandbox, request: Request, fault: Fault | None, request_id: str
) -> tuple[Answer, bool]:
    """The answer, and whether it is kept for the idempotency key."""
    account = sandbox.account
    with account.lock:
        account.request_id, account.idempotency_key = request_id, request.idempotency_key
        try:
            if fault is not None and fault.kind is FaultKind.SERVER_ERROR_KEPT:
                return Answer(_ERROR_500.status, _ERROR_500.document(), request_id), True
            return Answer(HTTPStatus.OK, perform(account, request), request_id), True
        except ApiError as error:
            return Answer(error.status, error.document(), request_id), error.is_kept
        finally:
            account.request_id = account.idempotency_key = None


def _check_key(sandbox: Sandbox, scope: Scope) -> None:
    scheme, _, given = (header(scope, "authorization") or "").partition(" ")
    is_right = hmac.compare_digest(given.encode(), sandbox.api_key.encode())
    if scheme.lower() != "bearer" or not given:
        raise ApiError("You did not provide an API key.", status=HTTPStatus.UNAUTHORIZED)
    if not is_right:
        raise ApiError(f"Invalid API Key provided: {given[:7]}****", status=HTTPStatus.UNAUTHORIZED)


def _request(scope: Scope, body: bytes | None) -> Request:
    if body is None:
        raise ApiError("Request too large.", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    method: str = scope["method"]
    in_query = method in {"GET", "DELETE"}
    try:
        text = (scope["query_string"] if in_query and not body else body).decode()
    except UnicodeDecodeError:
        raise ApiError("Invalid request body: it is not UTF-8.") from None
    params: Mapping[str, object] = decoded(text)
    return Request(
        method=method,
        path=unquote(scope["path"]),
        params=params,
        version=header(scope, "stripe-version") or CURRENT_VERSION,
        idempotency_key=header(scope, "idempotency-key"),
    )
