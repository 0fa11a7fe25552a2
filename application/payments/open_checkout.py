"""OpenCheckout: open a page to pay for a booking or to subscribe to a plan."""

from dataclasses import dataclass
from datetime import datetime

from application.bookings.booking_access import visible_booking
from application.common.caller import Caller
from application.common.retry import retry_on_conflict
from application.idempotency.idempotent_request import (
    IdempotentRequest,
    ensure_not_processed,
    record_response,
)
from application.ports.clock import Clock
from application.ports.ids import Ids
from application.ports.payment_gateway import CheckoutSnapshot, PaymentGateway
from application.ports.unit_of_work import UnitOfWork, UnitOfWorkFactory
from domain.bookings import Booking, BookingStatus
from domain.checkouts import CURRENT_STATUSES, Checkout, CheckoutStatus
from domain.errors import AlreadySubscribed, HoldExpired, NotFound, NothingToPay
from domain.ids import BookingId, CheckoutId
from domain.subscriptions import PlanType
from domain.users import Account


@dataclass(frozen=True, slots=True)
class OpenedCheckout:
    """The page at the provider, and when it expires."""

    checkout_url: str
    session_id: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class _CheckoutRequest:
    """A stored checkout, and what the provider needs to open its page.

    `superseded` is the checkout that it replaces, whose page is closed first.
    """

    checkout: Checkout
    account: Account
    description: str
    superseded: Checkout | None


class OpenCheckout:
    """Open a page at the provider, or return the one that is open for the same thing.

    The checkout is stored before the provider is called, and no unit of work is open during the
    call. After a failure at any point, the next request continues with the same checkout. Raises
    NotFound, NothingToPay, HoldExpired, AlreadySubscribed, PaymentProviderError,
    PaymentsNotConfigured.
    """

    def __init__(
        self, unit_of_work: UnitOfWorkFactory, clock: Clock, ids: Ids, payments: PaymentGateway
    ) -> None:
        self._unit_of_work = unit_of_work
        self._clock = clock
        self._ids = ids
        self._payments = payments

    async def __call__(
        self,
        caller: Caller,
        item: BookingId | PlanType,
        idempotency: IdempotentRequest[OpenedCheckout] | None = None,
    ) -> OpenedCheckout:
        self._payments.check_configured()
        request = await self._prepare(caller, item, idempotency)
        checkout, superseded = request.checkout, request.superseded
        if superseded is not None and superseded.session_id is not None:
            await self._payments.expire_checkout(superseded.session_id)
        snapshot = None
        if checkout.status is CheckoutStatus.OPENING:
            customer_id = await self._ensure_customer(request.account)
            snapshot = await self._payments.open_checkout(
                checkout, customer_id, request.description
            )
        return await self._store(checkout.id, snapshot, idempotency)

    @retry_on_conflict
    async def _prepare(
        self,
        caller: Caller,
        item: BookingId | PlanType,
        idempotency: IdempotentRequest[OpenedCheckout] | None,
    ) -> _CheckoutRequest:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            await ensure_not_processed(uow, idempotency, at=now)
            if isinstance(item, PlanType):
                return await self._prepare_plan(uow, caller, item, now)
            return await self._prepare_booking(uow, caller, item, now)

    async def _prepare_plan(
        self, uow: UnitOfWork, caller: Caller, plan_type: PlanType, now: datetime
    ) -> _CheckoutRequest:
        account = await uow.users.account(caller.user_id)
        if account is None:
            raise NotFound("There is no such user.")
        plans = await uow.subscriptions.of_member(account.member.id)
        if any(plan.is_live for plan in plans):
            raise AlreadySubscribed("You already have a plan; change it in the portal.")
        current = await uow.checkouts.current_plan(caller.user_id)
        new = self._new_checkout(account, now, plan_type=plan_type)
        return await self._reuse_or_add(uow, current, new, account, plan_type, now)

    async def _prepare_booking(
        self, uow: UnitOfWork, caller: Caller, booking_id: BookingId, now: datetime
    ) -> _CheckoutRequest:
        booking = visible_booking(await uow.bookings.get(booking_id), caller)
        _check_payable(booking, at=now)
        account = await uow.users.account(booking.user_id)
        invoice = (await uow.invoices.of_bookings([booking_id])).get(booking_id)
        if account is None or invoice is None:
            raise NothingToPay("There is nothing to pay for this booking.")
        checkouts = await uow.checkouts.of_booking(booking_id)
        if any(checkout.status is CheckoutStatus.PROCESSING for checkout in checkouts):
            raise NothingToPay("A payment for this booking is under way.")
        current = next(
            (checkout for checkout in checkouts if checkout.status in CURRENT_STATUSES), None
        )
        new = self._new_checkout(account, now, booking=booking)
        return await self._reuse_or_add(uow, current, new, account, invoice.description, now)

    def _new_checkout(
        self,
        account: Account,
        now: datetime,
        *,
        booking: Booking | None = None,
        plan_type: PlanType | None = None,
    ) -> Checkout:
        return Checkout(
            id=CheckoutId(self._ids.new()),
            user_id=account.user.id,
            booking_id=booking.id if booking else None,
            plan_type=plan_type,
            amount=booking.amount if booking else None,
            status=CheckoutStatus.OPENING,
            created_at=now,
        )

    async def _reuse_or_add(
        self,
        uow: UnitOfWork,
        current: Checkout | None,
        new: Checkout,
        account: Account,
        description: str,
        now: datetime,
    ) -> _CheckoutRequest:
        """Reuse the current checkout if it matches and its page can be used, else commit `new`."""
        if (
            current is not None
            and (current.amount, current.plan_type) == (new.amount, new.plan_type)
            and (current.can_be_used(at=now) or current.can_be_opened(at=now))
        ):
            return _CheckoutRequest(current, account, description, None)
        if current is not None:
            uow.checkouts.save(current.advanced_to(CheckoutStatus.SUPERSEDED))
        uow.checkouts.add(new)
        await uow.commit()
        return _CheckoutRequest(new, account, description, current)

    async def _ensure_customer(self, account: Account) -> str:
        if account.member.payment_customer_id is not None:
            return account.member.payment_customer_id
        user = account.user
        customer_id = await self._payments.create_customer(user.id, user.email.value)
        return await self._store_customer(account, customer_id)

    @retry_on_conflict
    async def _store_customer(self, account: Account, customer_id: str) -> str:
        async with self._unit_of_work() as uow:
            member = await uow.members.of_user(account.user.id)
            if member is None:
                raise NotFound("There is no such user.")
            if member.payment_customer_id is not None:
                return member.payment_customer_id
            uow.members.save(member.with_payment_customer(customer_id, at=self._clock.now()))
            await uow.commit()
        return customer_id

    @retry_on_conflict
    async def _store(
        self,
        checkout_id: CheckoutId,
        snapshot: CheckoutSnapshot | None,
        idempotency: IdempotentRequest[OpenedCheckout] | None,
    ) -> OpenedCheckout:
        now = self._clock.now()
        async with self._unit_of_work() as uow:
            checkout = await uow.checkouts.get(checkout_id)
            if checkout is None:
                raise NotFound("There is no such checkout.")
            if snapshot is not None and checkout.url is None:
                checkout = checkout.opened(snapshot.session_id, snapshot.url, snapshot.expires_at)
                uow.checkouts.save(checkout)
                await _extend_hold(uow, checkout, now)
            if checkout.url is None or not checkout.session_id or checkout.expires_at is None:
                raise NothingToPay("The checkout page is already closed.")
            opened = OpenedCheckout(checkout.url, checkout.session_id, checkout.expires_at)
            if checkout.status is CheckoutStatus.SUPERSEDED:
                # Superseded in the meantime; its page is stored so that the worker closes it.
                await uow.commit()
                raise NothingToPay("There is nothing left to pay.")
            record_response(uow, idempotency, opened, at=now)
            await uow.commit()
        return opened


async def _extend_hold(uow: UnitOfWork, checkout: Checkout, now: datetime) -> None:
    if checkout.booking_id is None or checkout.expires_at is None:
        return
    booking = await uow.bookings.get(checkout.booking_id)
    if booking is None or booking.is_hold_expired(at=now):
        return
    held = booking.held_until(checkout.expires_at, at=now)
    if held is not booking:
        uow.bookings.save(held)


def _check_payable(booking: Booking, *, at: datetime) -> None:
    if booking.lapsed or booking.is_hold_expired(at=at):
        raise HoldExpired("The booking was not paid in time.")
    if not booking.awaits_payment or booking.status is BookingStatus.CANCELLED:
        raise NothingToPay("There is nothing to pay for this booking.")
