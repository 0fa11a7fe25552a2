"""`/api/webhooks/stripe`: where Stripe tells what happened to money and plans."""

from litestar import Response, Router, post
from litestar.di import NamedDependency

from application.payments.handle_stripe_event import HandleStripeEvent
from application.ports.unit_of_work import Unavailable
from domain import errors
from entrypoints.http.access import PUBLIC
from entrypoints.http.problems import failures
from entrypoints.http.request import ApiRequest

_SIGNATURE = "Stripe-Signature"


@post(
    status_code=200,
    opt=PUBLIC,
    responses=failures(errors.InvalidSignature, errors.PaymentsNotConfigured),
)
async def stripe_webhook_handler(
    request: ApiRequest, handle_stripe_event: NamedDependency[HandleStripeEvent]
) -> Response[None]:
    """Take an event that Stripe has signed. Anything but 200 has Stripe send it again."""
    # The signature is over the bytes as they came, whatever they were declared to be.
    body = await request.raw_body()
    try:
        await handle_stripe_event(body, request.headers.get(_SIGNATURE))
    except (errors.StateConflict, errors.VersionMismatch) as error:
        # Too many at once for the same booking: nothing was kept, and Stripe is to try again.
        raise Unavailable(str(error)) from error
    return Response(None)


router = Router("/api/webhooks/stripe", tags=["Webhook"], route_handlers=[stripe_webhook_handler])
