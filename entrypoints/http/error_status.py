"""The HTTP status of each domain error."""

from domain import errors

STATUS: dict[type[errors.DomainError], int] = {
    errors.InvalidValue: 400,
    errors.InvalidSignature: 400,
    errors.Unauthenticated: 401,
    errors.InvalidCredentials: 401,
    errors.InvalidToken: 401,
    errors.RefreshTokenReused: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.StateConflict: 409,
    errors.VersionMismatch: 412,
    errors.HouseRule: 422,
    errors.IdempotencyKeyReused: 422,
    errors.RateLimited: 429,
    errors.PaymentProviderError: 502,
    errors.PaymentsNotConfigured: 503,
}


def status_of(error_type: type[errors.DomainError]) -> int:
    """Return the status of an error type, or of its nearest base class in the table."""
    return next(STATUS[base] for base in error_type.__mro__ if base in STATUS)
