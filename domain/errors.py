"""Domain errors: the reasons for which a request is rejected.

Each error has the stable `code` of the API, a message for people, and machine-readable `details`.
None of them depends on HTTP. The first paragraph of a docstring is the public description of the
code, in the OpenAPI document and in the API guide.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """An error that the caller can understand and act on."""

    code: ClassVar[str]

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class NotFound(DomainError):
    """The resource does not exist, or the caller may not see it."""

    code = "not_found"


class Forbidden(DomainError):
    """The caller is authenticated but may not do this."""

    code = "forbidden"


class HouseRule(DomainError):
    """The request violates a booking rule of the house, whatever else is booked."""


class StateConflict(DomainError):
    """The request is valid, but the current state does not allow it."""


class EndBeforeStart(HouseRule):
    """The booking does not end after it starts."""

    code = "end_before_start"


class DurationTooShort(HouseRule):
    """The booking is shorter than 15 minutes."""

    code = "duration_too_short"


class DurationTooLong(HouseRule):
    """The booking is longer than 366 days."""

    code = "duration_too_long"


class MisalignedTime(HouseRule):
    """The start or end is not on the house's step grid."""

    code = "misaligned_time"


class StartInPast(HouseRule):
    """The start is more than one step in the past."""

    code = "start_in_past"


class TooFarAhead(HouseRule):
    """The start is more than 730 days ahead."""

    code = "too_far_ahead"


class OutsideOpeningHours(HouseRule):
    """The space is closed during part of the period."""

    code = "outside_opening_hours"


class InvalidTransition(StateConflict):
    """The status of the booking does not allow this step. Details: `from`, `to`."""

    code = "invalid_transition"

    def __init__(self, current: str, target: str, message: str | None = None) -> None:
        super().__init__(
            message or f"A booking that is {current} cannot become {target}.",
            **{"from": current, "to": target},
        )


class OutsideCheckInWindow(StateConflict):
    """Check-in is open from 15 minutes before the start of the booking until its end."""

    code = "outside_check_in_window"


class BookingStarted(StateConflict):
    """The booking has started; members can cancel only before that."""

    code = "booking_started"


class BookingConflict(StateConflict):
    """No desk is free for the whole period. Details: `alternatives`, a tuple of Period."""

    code = "booking_conflict"


class PaymentRequired(StateConflict):
    """The change raises the price, and a confirmed booking cannot take a further payment."""

    code = "payment_required"


class DeskInUse(StateConflict):
    """The change would remove a desk that is still booked."""

    code = "desk_in_use"


class SpaceHasBookings(StateConflict):
    """The space still has bookings that have not ended."""

    code = "space_has_bookings"


class EmailTaken(StateConflict):
    """Another account uses this e-mail address."""

    code = "email_taken"


class VersionMismatch(DomainError):
    """`If-Match` does not match the current version."""

    code = "version_mismatch"


class InvalidCredentials(DomainError):
    """The e-mail address or password is wrong, or the account is deactivated."""

    code = "invalid_credentials"


class Unauthenticated(DomainError):
    """The request has no access token."""

    code = "unauthenticated"


class InvalidToken(DomainError):
    """The access, refresh or reset token is invalid, expired, already used or revoked."""

    code = "invalid_token"


class InvalidValue(DomainError, ValueError):
    """A value is invalid.

    Also a ValueError, so that decoders report it with the path of its field. `field` names the
    field where the code that raises the error knows it.
    """

    code = "validation_error"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class RefreshTokenReused(DomainError):
    """The refresh token was already used; the session has been revoked as a precaution."""

    code = "refresh_token_reused"


class LastSuperAdmin(StateConflict):
    """The last active super admin cannot be demoted or deactivated."""

    code = "last_super_admin"


class RateLimited(DomainError):
    """Too many attempts. Details: `retry_after`, in whole seconds, at least one."""

    code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many attempts; try again later.", retry_after=retry_after)


class IdempotencyKeyReused(DomainError):
    """The `Idempotency-Key` was already used for another request."""

    code = "idempotency_key_reused"


class AlreadySubscribed(StateConflict):
    """The member already has a subscription; plans are changed in the customer portal."""

    code = "already_subscribed"


class NothingToPay(StateConflict):
    """The booking is free, paid or cancelled."""

    code = "nothing_to_pay"


class HoldExpired(StateConflict):
    """The booking was not paid in time, and its slot is no longer held."""

    code = "hold_expired"


class NoCustomer(StateConflict):
    """The member is no customer of the payment provider yet; the first checkout creates one."""

    code = "no_customer"


class InvalidSignature(DomainError):
    """The webhook signature is missing, invalid or expired, or the body is not an event."""

    code = "invalid_signature"


class PaymentProviderError(DomainError):
    """The payment provider is unreachable or rejected the request."""

    code = "payment_provider_error"


class PaymentsNotConfigured(DomainError):
    """Payments are not configured: the service has no keys of the payment provider."""

    code = "payments_not_configured"
