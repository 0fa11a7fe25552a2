"""The ways in which the rules of the house say no.

Each error carries the stable `code` of the contract, a sentence for people, and `details` that a
program can read. None of them knows of HTTP.
"""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """A refusal that the caller can understand and act on."""

    code: ClassVar[str]

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details: Mapping[str, Any] = details


class NotFound(DomainError):
    """There is no such thing, or the caller may not know of it: both look the same."""

    code = "not_found"


class Forbidden(DomainError):
    """The caller is known and may not do this."""

    code = "forbidden"


class HouseRule(DomainError):
    """A rule of the house forbids what was asked for, whatever else is booked."""


class StateConflict(DomainError):
    """What was asked for is sound, but the present state of things forbids it."""


class EndBeforeStart(HouseRule):
    """A period has to end after it starts."""

    code = "end_before_start"


class DurationTooShort(HouseRule):
    """Shorter than the shortest booking."""

    code = "duration_too_short"


class DurationTooLong(HouseRule):
    """Longer than the longest booking."""

    code = "duration_too_long"


class MisalignedTime(HouseRule):
    """Start or end is off the house's step grid."""

    code = "misaligned_time"


class StartInPast(HouseRule):
    """The start lies more than one step back."""

    code = "start_in_past"


class TooFarAhead(HouseRule):
    """The start lies beyond the booking horizon."""

    code = "too_far_ahead"


class OutsideOpeningHours(HouseRule):
    """The space is closed for a part of the period."""

    code = "outside_opening_hours"


class InvalidTransition(StateConflict):
    """The booking's status does not lead to the wanted one. Details: `from`, `to`."""

    code = "invalid_transition"

    def __init__(self, current: str, wanted: str, message: str | None = None) -> None:
        super().__init__(
            message or f"A booking that is {current} cannot become {wanted}.",
            **{"from": current, "to": wanted},
        )


class OutsideCheckInWindow(StateConflict):
    """Check-in was tried too early, or after the end."""

    code = "outside_check_in_window"


class BookingStarted(StateConflict):
    """A member may cancel only until the start."""

    code = "booking_started"


class BookingConflict(StateConflict):
    """No desk is free for the whole period. Details: `alternatives`, a tuple of Period."""

    code = "booking_conflict"


class PaymentRequired(StateConflict):
    """The change would cost more, and a booking that is settled takes no further payment."""

    code = "payment_required"


class DeskInUse(StateConflict):
    """A desk that the change would take away is still booked."""

    code = "desk_in_use"


class SpaceHasBookings(StateConflict):
    """The space cannot go while bookings are still to come."""

    code = "space_has_bookings"


class EmailTaken(StateConflict):
    """Another account has this e-mail address."""

    code = "email_taken"


class VersionMismatch(DomainError):
    """The caller's `If-Match` names another version than the present one."""

    code = "version_mismatch"


class InvalidCredentials(DomainError):
    """E-mail address and password do not open an account."""

    code = "invalid_credentials"


class Unauthenticated(DomainError):
    """The call needs a signed-in caller."""

    code = "unauthenticated"


class InvalidToken(DomainError):
    """The access, refresh or reset token is expired, used, forged, or no longer honoured."""

    code = "invalid_token"


class InvalidValue(DomainError, ValueError):
    """A value that cannot be what it claims to be.

    A ValueError as well, so that decoders report it at the field where it stood. `field` names the
    part of the input when the value itself knows it.
    """

    code = "validation_error"

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class RefreshTokenReused(DomainError):
    """A refresh token came a second time: it, or what came of it, is in the wrong hands."""

    code = "refresh_token_reused"


class LastSuperAdmin(StateConflict):
    """Nobody could appoint another one if the last active super admin were gone."""

    code = "last_super_admin"


class RateLimited(DomainError):
    """Too often in too short a time. Details: `retry_after`, in whole seconds, at least one."""

    code = "rate_limited"

    def __init__(self, retry_after: int) -> None:
        super().__init__("Too many attempts; try again later.", retry_after=retry_after)


class IdempotencyKeyReused(DomainError):
    """The caller has used the same key for another request."""

    code = "idempotency_key_reused"


class AlreadySubscribed(StateConflict):
    """The member has a plan that is not cancelled; another one is chosen in Stripe's portal."""

    code = "already_subscribed"


class NothingToPay(StateConflict):
    """The booking costs nothing, is paid, or was given up."""

    code = "nothing_to_pay"


class HoldExpired(StateConflict):
    """The booking was not paid in time; its slot may be somebody else's by now."""

    code = "hold_expired"


class NoCustomer(StateConflict):
    """The member has never started a checkout, so there is nothing to show in a portal."""

    code = "no_customer"


class InvalidSignature(DomainError):
    """What came as an event was not signed by Stripe just now, or is no event."""

    code = "invalid_signature"


class PaymentProviderError(DomainError):
    """Stripe could not be reached, or refused."""

    code = "payment_provider_error"


class PaymentsNotConfigured(DomainError):
    """The house has no keys for Stripe."""

    code = "payments_not_configured"
