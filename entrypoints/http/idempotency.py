"""`Idempotency-Key`: a repeated request gets the stored response of the first."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar, cast

import msgspec
from litestar import Request, Response
from litestar.params import HeaderParameter

from application.idempotency.idempotent_executor import ExecutionResult, IdempotentExecutor
from application.idempotency.idempotent_request import IdempotentRequest
from application.idempotency.request_key import MAX_KEY_LENGTH, RequestKey, fingerprint_of
from application.ports.idempotency_keys import StoredResponse
from domain.errors import DomainError
from entrypoints.http.error_status import status_of
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE, InvalidRequest, describe
from entrypoints.http.request import ApiRequest
from entrypoints.http.responses import JsonResponse

T = TypeVar("T")

HEADER = "Idempotency-Key"
REPLAYED = {"Idempotency-Replayed": "true"}
NOT_STORED = frozenset({401, 429})
"""Statuses of responses that are not stored. Neither are those from MIN_SERVER_ERROR on."""
MIN_SERVER_ERROR = 500
STATE_NAME = "idempotent_executor"
"""The key of the application's state under which handlers find the IdempotentExecutor."""

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name=HEADER,
        schema_extra={"min_length": 1, "max_length": MAX_KEY_LENGTH, "pattern": "^[!-~]+$"},
        description=(
            f"Makes the request safe to retry: 1 to {MAX_KEY_LENGTH} visible ASCII characters, "
            "unique for each request. A repeat with the same key within 24 hours gets the stored "
            "response, and nothing happens twice."
        ),
    ),
]


async def run_idempotent(
    request: ApiRequest,
    idempotency_key: str | None,
    call: Callable[[IdempotentRequest[T] | None], Awaitable[T]],
    render: Callable[[T], StoredResponse],
) -> Response[Any]:
    """Return the response to `call`, or the stored one of the same request.

    With a key, a final refusal is stored and returned too. Raises every other exception of `call`.
    """
    executor: IdempotentExecutor = request.app.state[STATE_NAME]
    key = await _request_key(request, idempotency_key)
    result = await executor(
        key, call, render, render_refusal=_problem_to_store, is_final=is_stored_refusal
    )
    return _response(result)


async def store_validation_error(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Store the 400 of an invalid body under its key; runs before the handler.

    Returns that response, or None when there is no key or the body is valid.
    """
    key = await _request_key(cast("ApiRequest", request), request.headers.get(HEADER))
    if key is None or not await request.body():
        return None
    try:
        await request.json()
    except InvalidRequest as error:
        executor: IdempotentExecutor = request.app.state[STATE_NAME]
        return _response(await executor.store(key, _problem_to_store(error)))
    return None


def response_to_store(
    status: int, body: Any, headers: Mapping[str, str] | None = None
) -> StoredResponse:
    """Return a JSON response in the form in which it is stored."""
    content_type = {"Content-Type": "application/json"}
    return StoredResponse(status, content_type | dict(headers or {}), msgspec.json.encode(body))


def is_stored_refusal(error: DomainError) -> bool:
    """Whether a repeat of the request would be refused for the same reason."""
    return is_stored_status(status_of(type(error)))


def is_stored_status(status: int) -> bool:
    """Whether responses with that status are stored."""
    return status < MIN_SERVER_ERROR and status not in NOT_STORED


async def _request_key(request: ApiRequest, idempotency_key: str | None) -> RequestKey | None:
    if idempotency_key is None:
        return None
    fingerprint = fingerprint_of(request.method, request.scope["path"], await request.body())
    return RequestKey(request.caller.user_id, idempotency_key, fingerprint)


def _problem_to_store(error: Exception) -> StoredResponse:
    problem = describe(error)
    headers = {"Content-Type": PROBLEM_MEDIA_TYPE} | dict(problem.headers)
    return StoredResponse(problem.status, headers, problem.body())


def _response(result: ExecutionResult) -> Response[Any]:
    headers = dict(result.response.metadata)
    media_type = headers.pop("Content-Type")
    return JsonResponse(
        result.response.body,
        status_code=result.response.code,
        media_type=media_type,
        headers=headers | (REPLAYED if result.is_replayed else {}),
    )
