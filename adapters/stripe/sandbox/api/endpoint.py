"""Handles a call of `/v1/…` over HTTP: authentication, faults, idempotency, execution."""

import asyncio
import hmac
import json
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import unquote

from adapters.stripe.sandbox.account import CURRENT_VERSION
from adapters.stripe.sandbox.api.idempotency import ApiResponse
from adapters.stripe.sandbox.api.routes import ApiRequest, execute
from adapters.stripe.sandbox.asgi import (
    Receive,
    Scope,
    Send,
    break_connection,
    header,
    read_body,
    send_json,
    wait_for_disconnect,
)
from adapters.stripe.sandbox.errors import ApiError
from adapters.stripe.sandbox.faults import Fault, FaultKind
from adapters.stripe.sandbox.params import parse_form
from adapters.stripe.sandbox.sandbox import HandledRequest, Sandbox

_TIMEOUTS = {FaultKind.TIMEOUT_BEFORE, FaultKind.TIMEOUT_AFTER}
_RESETS = {FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER}
_NOT_EXECUTED = {FaultKind.SERVER_ERROR, FaultKind.TIMEOUT_BEFORE, FaultKind.RESET_BEFORE}
_RESPONSE_LOST = {FaultKind.TIMEOUT_AFTER, FaultKind.RESET_AFTER, FaultKind.SERVER_ERROR_AFTER}

_SERVER_ERROR = ApiError(
    "An unknown error occurred", status=HTTPStatus.INTERNAL_SERVER_ERROR, type="api_error"
)
_RATE_LIMITED = ApiError(
    "Request rate limit exceeded.", status=HTTPStatus.TOO_MANY_REQUESTS, code="rate_limit"
)


async def handle_api_call(sandbox: Sandbox, scope: Scope, receive: Receive, send: Send) -> None:
    """Respond to the call, or time out or reset the connection if a fault says so."""
    method, path = scope["method"], scope["path"]
    body = await read_body(receive)
    fault = sandbox.faults.fault_for(method, path)
    kind = None if fault is None else fault.kind
    response = await _respond(sandbox, scope, body, fault)
    key = header(scope, "idempotency-key")
    is_replayed = "Idempotent-Replayed" in response.headers
    status = None if kind in _TIMEOUTS | _RESETS else response.status
    sandbox.requests.append(HandledRequest(method, path, key, status, is_replayed, kind))
    if kind in _TIMEOUTS:
        await wait_for_disconnect(receive)
    elif kind in _RESETS:
        break_connection(scope)
    else:
        headers = {
            "Request-Id": response.request_id,
            "Stripe-Version": header(scope, "stripe-version") or CURRENT_VERSION,
            **({} if key is None else {"Idempotency-Key": key}),
            **response.headers,
        }
        await send_json(send, response.status, response.document, headers)


async def _respond(
    sandbox: Sandbox, scope: Scope, body: bytes | None, fault: Fault | None
) -> ApiResponse:
    with sandbox.account.lock:
        request_id = sandbox.account.new_id("req")
    kind = None if fault is None else fault.kind
    try:
        _check_api_key(sandbox, scope)
        if kind is FaultKind.RATE_LIMIT:
            raise _RATE_LIMITED
        if kind in _NOT_EXECUTED:
            raise _SERVER_ERROR
        response = await _execute_once(sandbox, _decode_request(scope, body), fault, request_id)
    except ApiError as error:
        return _error_response(error, request_id)
    return _error_response(_SERVER_ERROR, request_id) if kind in _RESPONSE_LOST else response


def _error_response(error: ApiError, request_id: str) -> ApiResponse:
    return ApiResponse(error.status, error.document(), request_id)


async def _execute_once(
    sandbox: Sandbox, request: ApiRequest, fault: Fault | None, request_id: str
) -> ApiResponse:
    """Execute the request, or replay the response saved for its idempotency key."""
    key = request.idempotency_key if request.method == "POST" else None
    if key is not None:
        fingerprint = json.dumps([request.method, request.path, request.params], sort_keys=True)
        with sandbox.account.lock:
            saved = sandbox.keys.begin(key, fingerprint, sandbox.now())
        if saved is not None:
            headers = {"Idempotent-Replayed": "true", "Original-Request": saved.request_id}
            return ApiResponse(saved.status, saved.document, request_id, headers)
    if fault is not None and fault.kind is FaultKind.SLOW:
        await asyncio.sleep(fault.seconds)
    response, is_saved = _execute(sandbox, request, fault, request_id)
    if key is not None:
        with sandbox.account.lock:
            if is_saved:
                sandbox.keys.save(key, response)
            else:
                sandbox.keys.release(key)
    return response


def _execute(
    sandbox: Sandbox, request: ApiRequest, fault: Fault | None, request_id: str
) -> tuple[ApiResponse, bool]:
    """Return the response, and whether it is saved for the idempotency key."""
    account = sandbox.account
    with account.lock:
        account.request_id, account.idempotency_key = request_id, request.idempotency_key
        try:
            if fault is not None and fault.kind is FaultKind.SERVER_ERROR_SAVED:
                return _error_response(_SERVER_ERROR, request_id), True
            return ApiResponse(HTTPStatus.OK, execute(account, request), request_id), True
        except ApiError as error:
            return _error_response(error, request_id), error.is_saved
        finally:
            account.request_id = account.idempotency_key = None


def _check_api_key(sandbox: Sandbox, scope: Scope) -> None:
    scheme, _, api_key = (header(scope, "authorization") or "").partition(" ")
    is_valid = hmac.compare_digest(api_key.encode(), sandbox.api_key.encode())
    if scheme.lower() != "bearer" or not api_key:
        raise ApiError("You did not provide an API key.", status=HTTPStatus.UNAUTHORIZED)
    if not is_valid:
        raise ApiError(
            f"Invalid API Key provided: {api_key[:7]}****", status=HTTPStatus.UNAUTHORIZED
        )


def _decode_request(scope: Scope, body: bytes | None) -> ApiRequest:
    if body is None:
        raise ApiError("Request too large.", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    method: str = scope["method"]
    has_query = method in {"GET", "DELETE"}
    try:
        text = (scope["query_string"] if has_query and not body else body).decode()
    except UnicodeDecodeError:
        raise ApiError("Invalid request body: it is not UTF-8.") from None
    params: Mapping[str, object] = parse_form(text)
    return ApiRequest(
        method=method,
        path=unquote(scope["path"]),
        params=params,
        version=header(scope, "stripe-version") or CURRENT_VERSION,
        idempotency_key=header(scope, "idempotency-key"),
    )
