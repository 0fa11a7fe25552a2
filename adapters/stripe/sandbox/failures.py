"""The errors that Stripe answers with, as the sandbox raises them."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any


@dataclass(eq=False)
class ApiError(Exception):
    """A refused request. `is_kept`: the answer is repeated for the same idempotency key."""

    message: str
    status: HTTPStatus = HTTPStatus.BAD_REQUEST
    type: str = "invalid_request_error"
    code: str | None = None
    param: str | None = None
    is_kept: bool = False

    def document(self) -> dict[str, Any]:
        """The body of the answer."""
        error = {"message": self.message, "type": self.type}
        if self.code is not None:
            error["code"] = self.code
        if self.param is not None:
            error["param"] = self.param
        return {"error": error}


def refused(message: str, *, code: str | None = None, param: str | None = None) -> ApiError:
    """The request is well-formed, but things are not such that it can be done."""
    return ApiError(message, code=code, param=param, is_kept=True)


def invalid(param: str, message: str) -> ApiError:
    """A parameter has a value that it cannot have."""
    return ApiError(message, code="parameter_invalid", param=param)


def missing(param: str) -> ApiError:
    """A parameter that is needed was left out."""
    return ApiError(f"Missing required param: {param}.", code="parameter_missing", param=param)


def unknown(param: str) -> ApiError:
    """A parameter that the call does not have."""
    return ApiError(f"Received unknown parameter: {param}", code="parameter_unknown", param=param)


def no_such(kind: str, wanted: str, param: str = "id") -> ApiError:
    """There is no object with that id."""
    return ApiError(
        f"No such {kind}: '{wanted}'",
        status=HTTPStatus.NOT_FOUND if param == "id" else HTTPStatus.BAD_REQUEST,
        code="resource_missing",
        param=param,
        is_kept=param != "id",
    )
