"""State: all that has been committed."""

from adapters.memory.occupied_desks import OccupiedDesks
from adapters.memory.table import Groups, Table, UniqueKey
from domain.bookings import Booking
from domain.ids import MemberId
from domain.invoices import Invoice
from domain.occupancy import OccupancyLog
from domain.sessions import RefreshSession
from domain.spaces import Space
from domain.subscriptions import Subscription, SubscriptionStatus
from domain.users import Member, User


class State:
    """The tables with their unique keys and references, as the schema has them."""

    def __init__(self) -> None:
        self.user_by_email = UniqueKey[User](lambda user: user.email)
        self.users = Table[User](self.user_by_email)

        self.member_by_user = UniqueKey[Member](lambda member: member.user_id)
        self.members = Table[Member](
            self.member_by_user,
            UniqueKey[Member](lambda member: member.stripe_customer_id),
            references={lambda member: member.user_id: self.users},
        )

        self.refresh_sessions = Table[RefreshSession](
            UniqueKey[RefreshSession](lambda session: session.token_hash),
            references={lambda session: session.user_id: self.users},
        )

        self.spaces = Table[Space]()

        self.bookings_by_user = Groups[Booking](lambda booking: booking.user_id)
        self.bookings_by_space = Groups[Booking](lambda booking: booking.space_id)
        self.occupied_desks = OccupiedDesks()
        # What belongs to a booking names it together with its space.
        booking_by_key = UniqueKey[Booking](lambda booking: (booking.id, booking.space_id))
        self.bookings = Table[Booking](
            booking_by_key,
            self.bookings_by_user,
            self.bookings_by_space,
            self.occupied_desks,
            references={
                lambda booking: booking.user_id: self.users,
                lambda booking: booking.space_id: self.spaces,
            },
        )

        self.log_by_booking = UniqueKey[OccupancyLog](lambda log: log.booking_id)
        self.occupancy_logs = Table[OccupancyLog](
            self.log_by_booking,
            references={lambda log: (log.booking_id, log.space_id): booking_by_key},
        )

        self.live_subscription_by_member = UniqueKey[Subscription](_member_if_live)
        self.subscriptions = Table[Subscription](
            self.live_subscription_by_member,
            UniqueKey[Subscription](lambda subscription: subscription.stripe_subscription_id),
            references={lambda subscription: subscription.member_id: self.members},
        )

        self.invoice_by_booking = UniqueKey[Invoice](lambda invoice: invoice.booking_id)
        self.invoices = Table[Invoice](
            self.invoice_by_booking,
            references={
                lambda invoice: invoice.user_id: self.users,
                _booking_key: booking_by_key,
                lambda invoice: invoice.subscription_id: self.subscriptions,
            },
        )


def _member_if_live(subscription: Subscription) -> MemberId | None:
    is_live = subscription.status is not SubscriptionStatus.CANCELLED
    return subscription.member_id if is_live else None


def _booking_key(invoice: Invoice) -> tuple[object, object] | None:
    is_for_booking = invoice.booking_id is not None
    return (invoice.booking_id, invoice.space_id) if is_for_booking else None
