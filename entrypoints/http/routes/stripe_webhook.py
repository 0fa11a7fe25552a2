"""`/api/webhooks/stripe`: where Stripe tells what happened to money and plans."""

from dataclasses import dataclass

from litestar import Response, Router, post
from litestar.di import NamedDependency
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)

from application.payments.handle_stripe_event import HandleStripeEvent
from application.ports.unit_of_work import Unavailable
from domain import errors
from entrypoints.http.access import PUBLIC
from entrypoints.http.problems import failures
from entrypoints.http.request import ApiRequest

_SIGNATURE = "Stripe-Signature"


@dataclass
class SignedEvent(Operation):
    """What the OpenAPI document cannot learn from the handler, which takes bytes."""

    def __post_init__(self) -> None:
        anything = Schema(type=OpenAPIType.OBJECT)
        self.request_body = RequestBody(
            {"application/json": OpenAPIMediaType(schema=anything)},
            description="An event object of Stripe's, as it was signed.",
            required=True,
        )
        self.parameters = [
            Parameter(
                _SIGNATURE,
                "header",
                schema=Schema(type=OpenAPIType.STRING),
                description="Stripe's signature over the bytes of the body.",
            )
        ]


@post(
    status_code=200,
    opt=PUBLIC,
    operation_class=SignedEvent,
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
