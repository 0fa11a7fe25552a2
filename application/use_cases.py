"""UseCases: every use case, over any adapters."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any, TypeVar, cast

from application.audit.search_audit import SearchAudit
from application.auth.account_factory import AccountFactory
from application.auth.authenticate import Authenticate
from application.auth.change_password import ChangePassword
from application.auth.create_admin import CreateAdmin
from application.auth.end_session import EndSession
from application.auth.get_me import GetMe
from application.auth.list_sessions import ListSessions
from application.auth.log_in import LogIn
from application.auth.log_out import LogOut
from application.auth.password_policy import PasswordPolicy
from application.auth.rate_limiter import RateLimiter, RateLimits
from application.auth.refresh import Refresh
from application.auth.request_password_reset import RequestPasswordReset
from application.auth.reset_password import ResetPassword
from application.auth.session_issuer import SessionIssuer
from application.auth.sign_up import SignUp
from application.auth.update_me import UpdateMe
from application.bookings.cancel_booking import CancelBooking
from application.bookings.change_booking import ChangeBooking
from application.bookings.check_in import CheckIn
from application.bookings.check_out import CheckOut
from application.bookings.confirm_booking import ConfirmBooking
from application.bookings.count_open_holds import CountOpenHolds
from application.bookings.create_booking import CreateBooking
from application.bookings.find_bookings import FindBookings
from application.bookings.get_booking import GetBooking
from application.bookings.list_bookings import ListBookings
from application.bookings.quote_booking import QuoteBooking
from application.calendar.create_calendar_feed import CreateCalendarFeed
from application.calendar.get_booking_calendar import GetBookingCalendar
from application.calendar.read_calendar_feed import ReadCalendarFeed
from application.calendar.revoke_calendar_feed import RevokeCalendarFeed
from application.idempotency.idempotent_executor import IdempotentExecutor
from application.jobs.count_jobs import CountJobs
from application.jobs.job import JobHandler
from application.jobs.list_jobs import ListJobs
from application.jobs.retry_jobs import RetryJobs
from application.jobs.run_jobs import RunJobs
from application.mails.account_mail_composer import AccountMailComposer
from application.mails.booking_mail_composer import BookingMailComposer
from application.mails.enqueue_mail import MAIL
from application.mails.enqueue_reminders import EnqueueReminders
from application.mails.plan_mail_composer import PlanMailComposer
from application.mails.send_mail import SendMail
from application.maintenance.expire_holds import ExpireHolds
from application.maintenance.mark_no_shows import MarkNoShows
from application.maintenance.purge_expired_data import PurgeExpiredData
from application.payments.check_ledger import CheckLedger
from application.payments.find_invoices import FindInvoices
from application.payments.get_billing_status import GetBillingStatus
from application.payments.get_invoice import GetInvoice
from application.payments.get_invoice_document import GetInvoiceDocument
from application.payments.list_failing_refunds import ListFailingRefunds
from application.payments.list_manual_refunds import ListManualRefunds
from application.payments.number_invoices import NumberInvoices
from application.payments.open_checkout import OpenCheckout
from application.payments.open_portal import OpenPortal
from application.payments.process_payment_event import ProcessPaymentEvent
from application.payments.reconcile_checkouts import ReconcileCheckouts
from application.payments.reconcile_subscriptions import ReconcileSubscriptions
from application.payments.record_manual_refund import RecordManualRefund
from application.payments.refresh_checkout import RefreshCheckout
from application.payments.send_refunds import SendRefunds
from application.payments.sync_checkout import SyncCheckout
from application.payments.sync_subscription import SyncSubscription
from application.ports.access_tokens import AccessTokens
from application.ports.calendars import Calendars
from application.ports.clock import Clock
from application.ports.common_passwords import CommonPasswords
from application.ports.ids import Ids
from application.ports.list_reader import ListReader
from application.ports.mailer import Mailer
from application.ports.password_hasher import PasswordHasher
from application.ports.payment_events import PaymentEvents
from application.ports.payment_gateway import PaymentGateway
from application.ports.rate_limit_store import RateLimitStore
from application.ports.reports import Reports
from application.ports.reset_tokens import ResetTokens
from application.ports.session_lookup import SessionLookup
from application.ports.unit_of_work import UnitOfWorkFactory
from application.reports.get_day_board import GetDayBoard
from application.reports.members_report import MembersReport
from application.reports.occupancy_report import OccupancyReport
from application.reports.revenue_report import RevenueReport
from application.spaces.count_space_types import CountSpaceTypes
from application.spaces.create_space import CreateSpace
from application.spaces.delete_space import DeleteSpace
from application.spaces.find_spaces import FindSpaces
from application.spaces.get_availability import GetAvailability
from application.spaces.get_space import GetSpace
from application.spaces.list_spaces import ListSpaces
from application.spaces.update_space import UpdateSpace
from application.users.change_user import ChangeUser
from application.users.find_users import FindUsers
from application.users.get_user import GetUser
from domain.house import House

T = TypeVar("T")


class _Missing:
    """Takes the place of a port that was not passed. Any use of it raises TypeError."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, _: str) -> Any:
        raise TypeError(f"This use case needs the port {self._name!r}: UseCases({self._name}=…).")

    def __call__(self, *_: Any, **__: Any) -> Any:
        return self.__getattr__("__call__")


def _lazy(create: "Callable[[UseCases], T]") -> "cached_property[T]":
    """Return a property that creates its value at the first access and keeps it."""
    return cached_property(create)


@dataclass(kw_only=True, eq=False)
class UseCases:
    """Every use case, over any adapters. Each is created at its first access and has no state.

    The first four ports serve most use cases. A use case that needs a port that was not passed
    raises TypeError with the port's name when it is called.
    """

    unit_of_work: UnitOfWorkFactory
    clock: Clock
    ids: Ids
    house: House
    passwords: PasswordHasher = cast("PasswordHasher", _Missing("passwords"))
    common_passwords: CommonPasswords = cast("CommonPasswords", _Missing("common_passwords"))
    tokens: AccessTokens = cast("AccessTokens", _Missing("tokens"))
    rate_limit_store: RateLimitStore = cast("RateLimitStore", _Missing("rate_limit_store"))
    reports: Reports = cast("Reports", _Missing("reports"))
    list_reader: ListReader = cast("ListReader", _Missing("list_reader"))
    session_lookup: SessionLookup = cast("SessionLookup", _Missing("session_lookup"))
    mailer: Mailer = cast("Mailer", _Missing("mailer"))
    reset_tokens: ResetTokens = cast("ResetTokens", _Missing("reset_tokens"))
    calendars: Calendars = cast("Calendars", _Missing("calendars"))
    payments: PaymentGateway = cast("PaymentGateway", _Missing("payments"))
    payment_events: PaymentEvents = cast("PaymentEvents", _Missing("payment_events"))
    limits: RateLimits = field(default_factory=RateLimits)
    refresh_lifetime: timedelta = timedelta(days=30)
    frontend_url: str = "http://localhost:3000"

    password_policy = _lazy(lambda u: PasswordPolicy(u.passwords, u.common_passwords))
    account_factory = _lazy(lambda u: AccountFactory(u.password_policy, u.ids))
    session_issuer = _lazy(lambda u: SessionIssuer(u.tokens, u.ids, u.refresh_lifetime))
    rate_limiter = _lazy(lambda u: RateLimiter(u.rate_limit_store, u.clock, u.limits))

    authenticate = _lazy(lambda u: Authenticate(u.session_lookup, u.clock, u.tokens))
    create_admin = _lazy(lambda u: CreateAdmin(u.unit_of_work, u.clock, u.ids, u.account_factory))
    sign_up = _lazy(
        lambda u: SignUp(
            u.unit_of_work, u.clock, u.ids, u.account_factory, u.session_issuer, u.rate_limiter
        )
    )
    log_in = _lazy(
        lambda u: LogIn(
            u.unit_of_work, u.clock, u.ids, u.passwords, u.session_issuer, u.rate_limiter
        )
    )
    refresh = _lazy(
        lambda u: Refresh(u.unit_of_work, u.clock, u.ids, u.session_issuer, u.rate_limiter)
    )
    log_out = _lazy(lambda u: LogOut(u.unit_of_work, u.clock, u.ids))
    list_sessions = _lazy(lambda u: ListSessions(u.unit_of_work, u.clock))
    end_session = _lazy(lambda u: EndSession(u.unit_of_work, u.clock, u.ids))
    get_me = _lazy(lambda u: GetMe(u.unit_of_work))
    update_me = _lazy(lambda u: UpdateMe(u.unit_of_work, u.clock))
    change_password = _lazy(
        lambda u: ChangePassword(
            u.unit_of_work, u.clock, u.ids, u.passwords, u.password_policy, u.rate_limiter
        )
    )
    request_password_reset = _lazy(
        lambda u: RequestPasswordReset(u.unit_of_work, u.clock, u.ids, u.rate_limiter)
    )
    reset_password = _lazy(
        lambda u: ResetPassword(u.unit_of_work, u.clock, u.ids, u.password_policy)
    )

    find_users = _lazy(lambda u: FindUsers(u.unit_of_work))
    get_user = _lazy(lambda u: GetUser(u.unit_of_work))
    change_user = _lazy(lambda u: ChangeUser(u.unit_of_work, u.clock, u.ids))
    search_audit = _lazy(lambda u: SearchAudit(u.unit_of_work))

    find_spaces = _lazy(lambda u: FindSpaces(u.unit_of_work, u.clock, u.house))
    list_spaces = _lazy(lambda u: ListSpaces(u.find_spaces, u.list_reader))
    count_space_types = _lazy(lambda u: CountSpaceTypes(u.unit_of_work))
    get_space = _lazy(lambda u: GetSpace(u.unit_of_work))
    get_availability = _lazy(lambda u: GetAvailability(u.unit_of_work, u.clock, u.house))
    create_space = _lazy(lambda u: CreateSpace(u.unit_of_work, u.clock, u.ids))
    update_space = _lazy(lambda u: UpdateSpace(u.unit_of_work, u.clock, u.ids))
    delete_space = _lazy(lambda u: DeleteSpace(u.unit_of_work, u.clock, u.ids))

    create_booking = _lazy(lambda u: CreateBooking(u.unit_of_work, u.clock, u.ids, u.house))
    count_open_holds = _lazy(lambda u: CountOpenHolds(u.unit_of_work, u.clock))
    find_bookings = _lazy(lambda u: FindBookings(u.unit_of_work))
    list_bookings = _lazy(lambda u: ListBookings(u.list_reader))
    get_booking = _lazy(lambda u: GetBooking(u.unit_of_work))
    cancel_booking = _lazy(lambda u: CancelBooking(u.unit_of_work, u.clock, u.ids, u.house))
    check_in = _lazy(lambda u: CheckIn(u.unit_of_work, u.clock, u.ids))
    check_out = _lazy(lambda u: CheckOut(u.unit_of_work, u.clock, u.ids))
    quote_booking = _lazy(lambda u: QuoteBooking(u.unit_of_work, u.clock, u.house))
    change_booking = _lazy(lambda u: ChangeBooking(u.unit_of_work, u.clock, u.ids, u.house))
    confirm_booking = _lazy(lambda u: ConfirmBooking(u.unit_of_work, u.clock, u.ids))
    idempotent_executor = _lazy(lambda u: IdempotentExecutor(u.unit_of_work, u.clock))

    get_booking_calendar = _lazy(lambda u: GetBookingCalendar(u.unit_of_work, u.calendars))
    create_calendar_feed = _lazy(lambda u: CreateCalendarFeed(u.unit_of_work, u.clock))
    revoke_calendar_feed = _lazy(lambda u: RevokeCalendarFeed(u.unit_of_work))
    read_calendar_feed = _lazy(lambda u: ReadCalendarFeed(u.unit_of_work, u.clock, u.calendars))

    occupancy_report = _lazy(lambda u: OccupancyReport(u.reports, u.clock, u.house))
    revenue_report = _lazy(lambda u: RevenueReport(u.reports, u.house))
    members_report = _lazy(lambda u: MembersReport(u.reports, u.clock, u.house))
    get_day_board = _lazy(lambda u: GetDayBoard(u.unit_of_work, u.clock, u.house))
    open_checkout = _lazy(lambda u: OpenCheckout(u.unit_of_work, u.clock, u.ids, u.payments))
    open_portal = _lazy(lambda u: OpenPortal(u.unit_of_work, u.clock, u.ids, u.payments))
    get_billing_status = _lazy(lambda u: GetBillingStatus(u.unit_of_work))
    number_invoices = _lazy(lambda u: NumberInvoices(u.unit_of_work, u.house))
    find_invoices = _lazy(lambda u: FindInvoices(u.unit_of_work, u.number_invoices))
    get_invoice = _lazy(lambda u: GetInvoice(u.unit_of_work, u.number_invoices))
    get_invoice_document = _lazy(lambda u: GetInvoiceDocument(u.unit_of_work, u.get_invoice))
    check_ledger = _lazy(lambda u: CheckLedger(u.unit_of_work))
    process_payment_event = _lazy(
        lambda u: ProcessPaymentEvent(
            u.unit_of_work, u.clock, u.ids, u.house, u.payments, u.payment_events
        )
    )
    sync_checkout = _lazy(
        lambda u: SyncCheckout(u.unit_of_work, u.clock, u.ids, u.house, u.payments)
    )
    sync_subscription = _lazy(
        lambda u: SyncSubscription(u.unit_of_work, u.clock, u.ids, u.payments)
    )
    refresh_checkout = _lazy(lambda u: RefreshCheckout(u.unit_of_work, u.sync_checkout, u.payments))
    reconcile_checkouts = _lazy(
        lambda u: ReconcileCheckouts(u.unit_of_work, u.sync_checkout, u.payments)
    )
    reconcile_subscriptions = _lazy(
        lambda u: ReconcileSubscriptions(u.unit_of_work, u.sync_subscription, u.payments)
    )
    send_refunds = _lazy(lambda u: SendRefunds(u.unit_of_work, u.clock, u.ids, u.payments))
    list_failing_refunds = _lazy(lambda u: ListFailingRefunds(u.unit_of_work))
    list_manual_refunds = _lazy(lambda u: ListManualRefunds(u.unit_of_work))
    record_manual_refund = _lazy(lambda u: RecordManualRefund(u.unit_of_work, u.clock, u.ids))

    send_mail = _lazy(
        lambda u: SendMail(
            u.clock,
            u.mailer,
            AccountMailComposer(u.unit_of_work, u.clock, u.reset_tokens, u.frontend_url),
            BookingMailComposer(u.unit_of_work, u.clock, u.calendars),
            PlanMailComposer(u.unit_of_work),
        )
    )
    enqueue_reminders = _lazy(lambda u: EnqueueReminders(u.unit_of_work, u.clock))

    expire_holds = _lazy(lambda u: ExpireHolds(u.unit_of_work, u.clock, u.ids))
    mark_no_shows = _lazy(lambda u: MarkNoShows(u.unit_of_work, u.clock, u.ids, u.house))
    purge_expired_data = _lazy(
        lambda u: PurgeExpiredData(u.unit_of_work, u.clock, u.rate_limit_store)
    )

    job_handlers = _lazy(lambda u: dict[str, JobHandler]({MAIL: u.send_mail}))
    run_jobs = _lazy(lambda u: RunJobs(u.unit_of_work, u.clock, u.job_handlers))
    list_jobs = _lazy(lambda u: ListJobs(u.unit_of_work))
    count_jobs = _lazy(lambda u: CountJobs(u.unit_of_work))
    retry_jobs = _lazy(lambda u: RetryJobs(u.unit_of_work, u.clock))
