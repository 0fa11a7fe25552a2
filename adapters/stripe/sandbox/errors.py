"""Stripe's API errors, as the sandbox raises them."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(eq=False)
class ApiError(Exception):
    """An error response.

    `is_saved`: the response is saved for the idempotency key. As at Stripe, that is so once the
    endpoint has started to execute, but not for a request that fails validation.
    """

    message: str
    status: HTTPStatus = HTTPStatus.BAD_REQUEST
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    is_saved: bool = False

    def document(self) -> dict[str, Any]:
        """Return the response body."""
        error = {"message": self.message, "type": self.type}
        if self.code is not None:
            error["code"] = self.code
        if self.param is not None:
            error["param"] = self.param
        return {"error": error}


def invalid_state(message: str, *, code: str | None = None, param: str | None = None) -> ApiError:
    """Return the error for a valid request that the current state of an object does not allow."""
    return ApiError(message, code=code, param=param, is_saved=True)


def invalid_param(param: str, message: str) -> ApiError:
    """Return the error for a parameter with an invalid value."""
    return ApiError(message, code="parameter_invalid", param=param)


def missing_param(param: str) -> ApiError:
    """Return the error for a required parameter that is absent."""
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown_param(param: str) -> ApiError:
    """Return the error for a parameter that the endpoint does not have."""
    return ApiError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def resource_missing(kind: str, object_id: str, param: str = "id") -> ApiError:
    """Return the error for an unknown id: 404 for the id in the path, 400 for a parameter."""
    return ApiError(
        f"No such {kind}: '{object_id}'",
        status=HTTPStatus.NOT_FOUND if param == "id" else HTTPStatus.BAD_REQUEST,
        code="resource_missing",
        param=param,
        is_saved=param != "id",
    )
