"""Processed requests from and to rows of `idempotency_keys`."""

import json
from typing import Any

from adapters.postgres.mappers.values import Row
from application.ports.idempotency_keys import ProcessedRequest, StoredResponse


def processed_request_from(row: Row) -> ProcessedRequest:
    """Return the processed request of a row of `idempotency_keys`."""
    response = StoredResponse(row["status"], json.loads(row["headers"]), row["body"])
    return ProcessedRequest(
        user_id=row["user_id"],
        key=row["key"],
        fingerprint=row["fingerprint"],
        response=response,
        answered_at=row["answered_at"],
    )


def processed_request_row(request: ProcessedRequest) -> dict[str, Any]:
    """Return the columns of `idempotency_keys`."""
    return {
        "user_id": request.user_id,
        "key": request.key,
        "fingerprint": request.fingerprint,
        "status": request.response.code,
        "headers": json.dumps(dict(request.response.metadata)),
        "body": request.response.body,
        "answered_at": request.answered_at,
    }
