"""The containers: which adapter serves which port, and what each use case is made of."""

import os
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dependency_injector import containers, providers

from adapters.disabled_payments import DisabledPaymentGateway
from adapters.postgres import PostgresDatabase
from adapters.security import (
    Argon2Passwords,
    HmacResetTokens,
    JwtAccessTokens,
    ListedPasswords,
)
from adapters.system import SystemClock, UuidV7Ids
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
from application.ports.calendars import Calendars
from application.ports.invoice_printer import InvoicePrinter
from application.ports.mailer import Mailer
from application.ports.payment_events import PaymentEvents
from application.ports.payment_gateway import PaymentGateway
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
from domain.subscriptions import PlanType
from entrypoints.http.response_cache import ResponseCache
from entrypoints.settings import Settings

HOUSE_NAME = "cowork"
"""What stands at the head of invoices and mails."""
Given = providers.Dependency[Any]


class UseCases(containers.DeclarativeContainer):
    """Every use case, over any adapters. They keep nothing between calls, so one of each does.

    UseCases(unit_of_work=MemoryStore().unit_of_work, clock=…, ids=…, house=…, …)
    """

    unit_of_work: Given = providers.Dependency()
    clock: Given = providers.Dependency()
    ids: Given = providers.Dependency()
    passwords: Given = providers.Dependency()
    common_passwords: Given = providers.Dependency()
    tokens: Given = providers.Dependency()
    rate_limit_store: Given = providers.Dependency()
    reports: Given = providers.Dependency()
    list_reader: Given = providers.Dependency()
    session_lookup: Given = providers.Dependency()
    mailer: Given = providers.Dependency()
    reset_tokens: Given = providers.Dependency()
    calendars: Given = providers.Dependency()
    payments: Given = providers.Dependency()
    payment_events: Given = providers.Dependency()
    house = providers.Dependency(instance_of=House)
    limits = providers.Dependency(instance_of=RateLimits)
    refresh_lifetime = providers.Dependency(instance_of=timedelta)
    frontend_url = providers.Dependency(instance_of=str)

    _password_policy = providers.Singleton(PasswordPolicy, passwords, common_passwords)
    _accounts = providers.Singleton(AccountFactory, _password_policy, ids)
    _sessions = providers.Singleton(SessionIssuer, tokens, ids, refresh_lifetime)
    _limiter = providers.Singleton(RateLimiter, rate_limit_store, clock, limits)

    authenticate = providers.Singleton(Authenticate, session_lookup, clock, tokens)
    create_admin = providers.Singleton(CreateAdmin, unit_of_work, clock, ids, _accounts)
    sign_up = providers.Singleton(SignUp, unit_of_work, clock, ids, _accounts, _sessions, _limiter)
    log_in = providers.Singleton(LogIn, unit_of_work, clock, ids, passwords, _sessions, _limiter)
    refresh = providers.Singleton(Refresh, unit_of_work, clock, ids, _sessions, _limiter)
    log_out = providers.Singleton(LogOut, unit_of_work, clock, ids)
    list_sessions = providers.Singleton(ListSessions, unit_of_work, clock)
    end_session = providers.Singleton(EndSession, unit_of_work, clock, ids)
    get_me = providers.Singleton(GetMe, unit_of_work)
    update_me = providers.Singleton(UpdateMe, unit_of_work, clock)
    change_password = providers.Singleton(
        ChangePassword, unit_of_work, clock, ids, passwords, _password_policy, _limiter
    )
    request_password_reset = providers.Singleton(
        RequestPasswordReset, unit_of_work, clock, ids, _limiter
    )
    reset_password = providers.Singleton(ResetPassword, unit_of_work, clock, ids, _password_policy)

    find_users = providers.Singleton(FindUsers, unit_of_work)
    get_user = providers.Singleton(GetUser, unit_of_work)
    change_user = providers.Singleton(ChangeUser, unit_of_work, clock, ids)
    search_audit = providers.Singleton(SearchAudit, unit_of_work)

    find_spaces = providers.Singleton(FindSpaces, unit_of_work, clock, house)
    list_spaces = providers.Singleton(ListSpaces, find_spaces, list_reader)
    count_space_types = providers.Singleton(CountSpaceTypes, unit_of_work)
    get_space = providers.Singleton(GetSpace, unit_of_work)
    get_availability = providers.Singleton(GetAvailability, unit_of_work, clock, house)
    create_space = providers.Singleton(CreateSpace, unit_of_work, clock, ids)
    update_space = providers.Singleton(UpdateSpace, unit_of_work, clock, ids)
    delete_space = providers.Singleton(DeleteSpace, unit_of_work, clock, ids)

    create_booking = providers.Singleton(CreateBooking, unit_of_work, clock, ids, house)
    count_open_holds = providers.Singleton(CountOpenHolds, unit_of_work, clock)
    find_bookings = providers.Singleton(FindBookings, unit_of_work)
    list_bookings = providers.Singleton(ListBookings, list_reader)
    get_booking = providers.Singleton(GetBooking, unit_of_work)
    cancel_booking = providers.Singleton(CancelBooking, unit_of_work, clock, ids, house)
    check_in = providers.Singleton(CheckIn, unit_of_work, clock, ids)
    check_out = providers.Singleton(CheckOut, unit_of_work, clock, ids)
    quote_booking = providers.Singleton(QuoteBooking, unit_of_work, clock, house)
    change_booking = providers.Singleton(ChangeBooking, unit_of_work, clock, ids, house)
    confirm_booking = providers.Singleton(ConfirmBooking, unit_of_work, clock, ids)
    idempotent_executor = providers.Singleton(IdempotentExecutor, unit_of_work, clock)

    get_booking_calendar = providers.Singleton(GetBookingCalendar, unit_of_work, calendars)
    create_calendar_feed = providers.Singleton(CreateCalendarFeed, unit_of_work, clock)
    revoke_calendar_feed = providers.Singleton(RevokeCalendarFeed, unit_of_work)
    read_calendar_feed = providers.Singleton(ReadCalendarFeed, unit_of_work, clock, calendars)

    occupancy_report = providers.Singleton(OccupancyReport, reports, clock, house)
    revenue_report = providers.Singleton(RevenueReport, reports, house)
    members_report = providers.Singleton(MembersReport, reports, clock, house)
    get_day_board = providers.Singleton(GetDayBoard, unit_of_work, clock, house)
    open_checkout = providers.Singleton(OpenCheckout, unit_of_work, clock, ids, payments)
    open_portal = providers.Singleton(OpenPortal, unit_of_work, clock, ids, payments)
    get_billing_status = providers.Singleton(GetBillingStatus, unit_of_work)
    number_invoices = providers.Singleton(NumberInvoices, unit_of_work, house)
    find_invoices = providers.Singleton(FindInvoices, unit_of_work, number_invoices)
    get_invoice = providers.Singleton(GetInvoice, unit_of_work, number_invoices)
    get_invoice_document = providers.Singleton(GetInvoiceDocument, unit_of_work, get_invoice)
    check_ledger = providers.Singleton(CheckLedger, unit_of_work)
    process_payment_event = providers.Singleton(
        ProcessPaymentEvent, unit_of_work, clock, ids, house, payments, payment_events
    )
    _sync_checkout = providers.Singleton(SyncCheckout, unit_of_work, clock, ids, house, payments)
    _sync_subscription = providers.Singleton(SyncSubscription, unit_of_work, clock, ids, payments)
    refresh_checkout = providers.Singleton(RefreshCheckout, unit_of_work, _sync_checkout, payments)
    reconcile_checkouts = providers.Singleton(
        ReconcileCheckouts, unit_of_work, _sync_checkout, payments
    )
    reconcile_subscriptions = providers.Singleton(
        ReconcileSubscriptions, unit_of_work, _sync_subscription, payments
    )
    send_refunds = providers.Singleton(SendRefunds, unit_of_work, clock, ids, payments)
    list_failing_refunds = providers.Singleton(ListFailingRefunds, unit_of_work)
    list_manual_refunds = providers.Singleton(ListManualRefunds, unit_of_work)
    record_manual_refund = providers.Singleton(RecordManualRefund, unit_of_work, clock, ids)

    send_mail = providers.Singleton(
        SendMail,
        clock,
        mailer,
        providers.Singleton(AccountMailComposer, unit_of_work, clock, reset_tokens, frontend_url),
        providers.Singleton(BookingMailComposer, unit_of_work, clock, calendars),
        providers.Singleton(PlanMailComposer, unit_of_work),
    )
    enqueue_reminders = providers.Singleton(EnqueueReminders, unit_of_work, clock)

    expire_holds = providers.Singleton(ExpireHolds, unit_of_work, clock, ids)
    mark_no_shows = providers.Singleton(MarkNoShows, unit_of_work, clock, ids, house)
    purge_expired_data = providers.Singleton(
        PurgeExpiredData, unit_of_work, clock, rate_limit_store
    )

    job_handlers: providers.Dict = providers.Dict({MAIL: send_mail})
    run_jobs = providers.Singleton(RunJobs, unit_of_work, clock, job_handlers)
    list_jobs = providers.Singleton(ListJobs, unit_of_work)
    count_jobs = providers.Singleton(CountJobs, unit_of_work)
    retry_jobs = providers.Singleton(RetryJobs, unit_of_work, clock)


# The following functions import their adapters at the first call: few calls need these adapters,
# and their libraries take long to load, or much memory.


def _calendars() -> Calendars:
    from adapters.calendar import IcalendarCalendars

    return IcalendarCalendars()


def _invoice_printer(house_name: str, timezone: ZoneInfo) -> InvoicePrinter:
    from adapters.pdf import FpdfInvoicePrinter

    return FpdfInvoicePrinter(house_name, timezone)


def _mailer(settings: Settings) -> Mailer:
    from adapters.mail.renderer import MailRenderer

    renderer = MailRenderer(HOUSE_NAME, settings.timezone, settings.frontend_url)
    server = settings.smtp_server
    if server is None:
        from adapters.mail.log_mailer import LogMailer

        return LogMailer(renderer)
    from adapters.mail.smtp_mailer import SmtpMailer

    return SmtpMailer(server, renderer)


def _payments(settings: Settings) -> PaymentGateway:
    if settings.stripe_secret_key is None:
        return DisabledPaymentGateway()
    from adapters.stripe.gateway import StripePayments

    return StripePayments(
        settings.stripe_secret_key,
        _plans(settings),
        settings.frontend_url,
        api_base=settings.stripe_api_base,
    )


def _payment_events(settings: Settings) -> PaymentEvents:
    from adapters.stripe.events import StripeEvents
    from entrypoints.observability.metrics.decorators import MeteredPaymentEvents

    return MeteredPaymentEvents(StripeEvents(settings.stripe_webhook_secret, _plans(settings)))


def _plans(settings: Settings) -> dict[str, PlanType]:
    """Return the plans by the ids of their Stripe prices."""
    return {price: plan_type for plan_type, price in settings.stripe_prices.items()}


def _hashing_threads() -> int:
    """Half of the processors: a flood of log-ins leaves the others to everybody else."""
    return max(1, (os.cpu_count() or 1) // 2)


class Container(containers.DeclarativeContainer):
    """The service as it runs: PostgreSQL, argon2, JWT, the machine's clock.

    `settings` has to be given, and `database` before the first use case is asked for; whoever
    connects the database closes it. Reports are read from `read_database`, the same unless given.
    """

    settings = providers.Dependency(instance_of=Settings)
    database = providers.Dependency(instance_of=PostgresDatabase)
    read_database = providers.Dependency(instance_of=PostgresDatabase, default=database)

    clock = providers.Singleton(SystemClock)
    ids = providers.Singleton(UuidV7Ids)
    mailer = providers.Singleton(_mailer, settings)
    reset_tokens = providers.Singleton(HmacResetTokens, settings.provided.secret_key)
    calendars = providers.Singleton(_calendars)
    response_cache = providers.Singleton(ResponseCache)
    invoice_printer = providers.Singleton(_invoice_printer, HOUSE_NAME, settings.provided.timezone)
    passwords = providers.Singleton(Argon2Passwords, threads=providers.Callable(_hashing_threads))
    common_passwords = providers.Singleton(ListedPasswords)
    tokens = providers.Singleton(
        JwtAccessTokens,
        settings.provided.secret_key,
        providers.Factory(timedelta, minutes=settings.provided.access_token_minutes),
    )
    limits = providers.Singleton(
        RateLimits,
        log_in_attempts=settings.provided.login_attempts_per_15_minutes,
        sign_ups=settings.provided.signups_per_hour,
        refreshes=settings.provided.refreshes_per_hour,
        password_resets=settings.provided.password_resets_per_hour,
    )

    payments = providers.Singleton(_payments, settings)
    payment_events = providers.Singleton(_payment_events, settings)

    use_cases = providers.Container(
        UseCases,
        unit_of_work=database.provided.unit_of_work,
        rate_limit_store=database.provided.rate_limit_store,
        reports=read_database.provided.reports,
        list_reader=database.provided.list_reader,
        session_lookup=database.provided.session_lookup,
        clock=clock,
        ids=ids,
        passwords=passwords,
        common_passwords=common_passwords,
        tokens=tokens,
        mailer=mailer,
        reset_tokens=reset_tokens,
        calendars=calendars,
        payments=payments,
        payment_events=payment_events,
        house=settings.provided.house,
        limits=limits,
        refresh_lifetime=providers.Factory(timedelta, days=settings.provided.refresh_token_days),
        frontend_url=settings.provided.frontend_url,
    )
