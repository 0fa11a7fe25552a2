"""Answering a request with an `Idempotency-Key` once, and the same ever after."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, TypeVar, cast

import msgspec
from litestar import Request, Response
from litestar.params import HeaderParameter

from application.idempotency.request_key import MAX_KEY_LENGTH, RequestKey, fingerprint_of
from application.idempotency.idempotent_executor import ExecutionResult, IdempotentExecutor
from application.idempotency.idempotent_request import IdempotentRequest
from application.ports.idempotency_keys import StoredResponse
from entrypoints.http.problems import PROBLEM_MEDIA_TYPE, InvalidRequest, describe
from entrypoints.http.request import ApiRequest
from entrypoints.http.responses import JsonResponse

T = TypeVar("T")

HEADER = "Idempotency-Key"
REPLAYED = {"Idempotency-Replayed": "true"}
STATE_NAME = "answer_once"
"""Where the application keeps the one IdempotentExecutor, for handlers and for what runs before them."""

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name=HEADER,
        schema_extra={"min_length": 1, "max_length": MAX_KEY_LENGTH, "pattern": "^[!-~]+$"},
        description=(
            f"Makes the request safe to retry: 1 to {MAX_KEY_LENGTH} visible ASCII characters, unique "
            "for each request. A repeat with the same key within 24 hours gets the stored "
            "response, and nothing happens twice."
        ),
    ),
]


async def run_idempotent(
    request: ApiRequest,
    call: Callable[[IdempotentRequest[T] | None], Awaitable[T]],
    render: Callable[[T], StoredResponse],
) -> Response[Any]:
    """ExecutionResult with what `call` gives, or as the same request was answered before.

    Raises what `call` raises, unless the request has a key: then a refusal that is final is stored,
    and answered here.
    """
    idempotent_executor: IdempotentExecutor = request.app.state[STATE_NAME]
    key = await _key_of(request)
    return _response(await idempotent_executor(key, call, render, _render_failure))


async def store_validation_error(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """For `before_request`: a body that does not fit is an answer to keep as well.

    Gives that answer, or None when there is no key or nothing wrong with the body.
    """
    key = await _key_of(cast("ApiRequest", request))
    if key is None or not await request.body():
        return None
    try:
        await request.json()
    except InvalidRequest as misfit:
        idempotent_executor: IdempotentExecutor = request.app.state[STATE_NAME]
        return _response(await idempotent_executor.keep(key, _render_failure(misfit)))
    return None


def kept(status: int, body: Any, headers: Mapping[str, str] | None = None) -> StoredResponse:
    """An answer in JSON, in the form in which it is kept."""
    content_type = {"Content-Type": "application/json"}
    return StoredResponse(status, content_type | dict(headers or {}), msgspec.json.encode(body))


async def _key_of(request: ApiRequest) -> RequestKey | None:
    header = request.headers.get(HEADER)
    if header is None:
        return None
    fingerprint = fingerprint_of(request.method, request.scope["path"], await request.body())
    return RequestKey(request.caller.user_id, header, fingerprint)


def _render_failure(error: Exception) -> StoredResponse:
    answer = describe(error)
    headers = {"Content-Type": PROBLEM_MEDIA_TYPE} | dict(answer.headers)
    return StoredResponse(answer.status, headers, answer.body())


def _response(answer: ExecutionResult) -> Response[Any]:
    headers = dict(answer.kept.headers)
    media_type = headers.pop("Content-Type")
    return JsonResponse(
        answer.kept.body,
        status_code=answer.kept.status,
        media_type=media_type,
        headers=headers | (REPLAYED if answer.is_replayed else {}),
    )
