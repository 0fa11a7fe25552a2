"""Supersede the open checkouts of a booking: cancelled, repriced, or paid in another way."""

from application.ports.unit_of_work import UnitOfWork
from domain.bookings import Booking
from domain.checkouts import CURRENT_STATUSES, CheckoutStatus


async def supersede_open_checkouts(uow: UnitOfWork, booking: Booking) -> None:
    """Supersede the current checkouts of a booking that awaits payment.

    The worker then closes their pages at the provider. A payment made before that is refunded, like
    any payment that the booking does not need.
    """
    if not booking.awaits_payment:
        return
    for checkout in await uow.checkouts.of_booking(booking.id):
        if checkout.status in CURRENT_STATUSES:
            uow.checkouts.save(checkout.advanced_to(CheckoutStatus.SUPERSEDED))
