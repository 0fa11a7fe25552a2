"""`/api/billing`: checkouts, the customer portal, subscription status, invoices."""

import asyncio
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, PathParameter, QueryParameter

from application.common.paging import DEFAULT_PAGE_SIZE
from application.payments.find_invoices import FindInvoices, FindInvoicesQuery
from application.payments.get_billing_status import GetBillingStatus
from application.payments.get_invoice import GetInvoice
from application.payments.get_invoice_document import GetInvoiceDocument
from application.payments.open_checkout import OpenCheckout, OpenedCheckout
from application.payments.open_portal import OpenPortal
from application.ports.idempotency_keys import StoredResponse
from application.ports.invoice_printer import InvoicePrinter
from application.ports.invoices import InvoiceFilter
from domain import errors
from domain.ids import InvoiceId, UserId
from domain.invoices import InvoiceStatus
from entrypoints.http.cursors import decode_cursor, encode_cursor
from entrypoints.http.idempotency import (
    IdempotencyKey,
    response_to_store,
    run_idempotent,
    store_validation_error,
)
from entrypoints.http.openapi.handler_options import FILE_VARIANT, FileVariant
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.parameters import Cursor, Limit
from entrypoints.http.request import ApiRequest
from entrypoints.http.schemas.billing import (
    BillingStatusBody,
    CheckoutBody,
    InvoiceBody,
    OpenedCheckoutBody,
    PortalBody,
    billing_status_body,
    invoice_body,
    opened_checkout_body,
)
from entrypoints.http.schemas.common import ListBody

PDF_MEDIA_TYPE = "application/pdf"
_KEYED = (errors.InvalidValue, errors.IdempotencyKeyReused)
_STRIPE = (errors.PaymentProviderError, errors.PaymentsNotConfigured)
_SUFFIX = ".pdf"


@post(
    "/checkout",
    summary="Open a checkout",
    status_code=200,
    before_request=store_validation_error,
    responses=problem_responses(
        *_KEYED,
        errors.InvalidToken,
        errors.NotFound,
        errors.AlreadySubscribed,
        errors.NothingToPay,
        errors.HoldExpired,
        *_STRIPE,
    ),
)
async def open_checkout_handler(
    request: ApiRequest,
    data: JSONBody[CheckoutBody],
    open_checkout: NamedDependency[OpenCheckout],
    idempotency_key: IdempotencyKey = None,
) -> Response[OpenedCheckoutBody]:
    """Open a Stripe checkout for a plan or a booking, or return the one that is still open."""
    subject = data.subject()
    return await run_idempotent(
        request,
        idempotency_key,
        lambda idempotency: open_checkout(request.caller, subject, idempotency),
        _opened,
    )


@post(
    "/portal",
    summary="Open the customer portal",
    status_code=200,
    responses=problem_responses(*_KEYED, errors.InvalidToken, errors.NoCustomer, *_STRIPE),
)
async def open_portal_handler(
    request: ApiRequest,
    open_portal: NamedDependency[OpenPortal],
    idempotency_key: IdempotencyKey = None,
) -> Response[PortalBody]:
    """Open a Stripe customer portal session, where members manage their cards and their plan."""
    return await run_idempotent(
        request,
        idempotency_key,
        lambda idempotency: open_portal(request.caller, idempotency),
        _portal_opened,
    )


@get("/status", summary="Get your subscription", responses=problem_responses(errors.InvalidToken))
async def billing_status_handler(
    request: ApiRequest, get_billing_status: NamedDependency[GetBillingStatus]
) -> BillingStatusBody:
    """Return your subscription and its current billing period."""
    return billing_status_body(await get_billing_status(request.caller))


@get(
    "/invoices",
    summary="List invoices",
    responses=problem_responses(errors.InvalidValue, errors.InvalidToken),
)
async def find_invoices_handler(
    request: ApiRequest,
    find_invoices: NamedDependency[FindInvoices],
    status: Annotated[InvoiceStatus | None, QueryParameter(description="Filter by status.")] = None,
    user_id: Annotated[
        UUID | None,
        QueryParameter(
            description="Filter by user, by ID. For members, another user's ID matches nothing."
        ),
    ] = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE_SIZE,
) -> ListBody[InvoiceBody]:
    """List invoices, newest first. Members see their own, admins see all."""
    after = decode_cursor(cursor, UUID)
    page = await find_invoices(
        request.caller,
        FindInvoicesQuery(
            criteria=InvoiceFilter(
                user_id=None if user_id is None else UserId(user_id), status=status
            ),
            after=None if after is None else InvoiceId(after),
            limit=limit,
        ),
    )
    return ListBody([invoice_body(invoice) for invoice in page.items], encode_cursor(page.next))


@get(
    "/invoices/{invoice:str}",
    summary="Get an invoice",
    opt={
        FILE_VARIANT: FileVariant(
            suffix=_SUFFIX,
            media_type=PDF_MEDIA_TYPE,
            summary="Download an invoice",
            description="Return an invoice as a PDF file.",
            response_description="The PDF file.",
        )
    },
    responses=problem_responses(errors.InvalidToken, errors.NotFound),
)
async def get_invoice_handler(
    request: ApiRequest,
    invoice: Annotated[str, PathParameter(description="ID of the invoice.")],
    get_invoice: NamedDependency[GetInvoice],
    get_invoice_document: NamedDependency[GetInvoiceDocument],
    invoice_printer: NamedDependency[InvoicePrinter],
) -> Response[InvoiceBody]:
    """Return an invoice."""
    # The router cannot distinguish `{id}` from `{id}.pdf`, so one handler serves both.
    invoice_id = _invoice_id(invoice.removesuffix(_SUFFIX))
    if not invoice.endswith(_SUFFIX):
        return Response(invoice_body(await get_invoice(request.caller, invoice_id)))
    document = await get_invoice_document(request.caller, invoice_id)
    pdf = await asyncio.to_thread(invoice_printer.print, document.invoice, document.account)
    return _pdf_response(pdf, document.invoice.number or str(invoice_id))


def _invoice_id(text: str) -> InvoiceId:
    try:
        return InvoiceId(UUID(text))
    except ValueError:
        raise errors.NotFound("This invoice does not exist.") from None


def _pdf_response(pdf: bytes, name: str) -> Response[Any]:
    headers = {
        "Content-Disposition": f'inline; filename="invoice-{name}.pdf"',
        "Cache-Control": "private, no-cache",
    }
    return Response(pdf, media_type=PDF_MEDIA_TYPE, headers=headers)


def _opened(opened: OpenedCheckout) -> StoredResponse:
    return response_to_store(200, opened_checkout_body(opened))


def _portal_opened(portal_url: str) -> StoredResponse:
    return response_to_store(200, PortalBody(portal_url))


router = Router(
    "/api/billing",
    tags=["Billing"],
    route_handlers=[
        open_checkout_handler,
        open_portal_handler,
        billing_status_handler,
        find_invoices_handler,
        get_invoice_handler,
    ],
)
