"""Closing the page on which a booking could be paid, because it is not to be paid there."""

from application.ports.unit_of_work import UnitOfWork
from domain.bookings import Booking
from domain.checkouts import CURRENT_STATUSES, CheckoutStatus


async def close_pages(uow: UnitOfWork, booking: Booking) -> None:
    """Note that nobody is to pay any more what the booking, as it was until now, has to be paid.

    The worker has Stripe close the page. Whoever is faster than that gets their money back, as for
    any payment that comes to nothing.
    """
    if not booking.awaits_payment:
        return
    for checkout in await uow.checkouts.of_booking(booking.id):
        if checkout.status in CURRENT_STATUSES:
            uow.checkouts.save(checkout.advanced_to(CheckoutStatus.SUPERSEDED))
