"""answered_request_row: the columns of `idempotency_keys`."""

import json
from typing import Any

from adapters.postgres.mappers.values import Row
from application.ports.idempotency_keys import ProcessedRequest, StoredResponse


def answered_request_from(row: Row) -> ProcessedRequest:
    """A row of `idempotency_keys`."""
    user_id, key, fingerprint, status, headers, body, answered_at = row
    answer = StoredResponse(status, json.loads(headers), body)
    return ProcessedRequest(user_id, key, fingerprint, answer, answered_at)


def answered_request_row(request: ProcessedRequest) -> dict[str, Any]:
    """The columns of `idempotency_keys`."""
    return {
        "user_id": request.user_id,
        "key": request.key,
        "fingerprint": request.fingerprint,
        "status": request.answer.status,
        "headers": json.dumps(dict(request.answer.headers)),
        "body": request.answer.body,
        "answered_at": request.answered_at,
    }
