"""`/api/webhooks/stripe`: the endpoint for Stripe events."""

from dataclasses import dataclass

from litestar import Router, post
from litestar.di import NamedDependency
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIType,
    Operation,
    Parameter,
    RequestBody,
    Schema,
)

from application.payments.process_payment_event import ProcessPaymentEvent
from application.ports.unit_of_work import Unavailable
from domain import errors
from entrypoints.http.middleware.authentication import PUBLIC
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.request import ApiRequest

_SIGNATURE = "Stripe-Signature"


@dataclass
class SignedEvent(Operation):
    """Documents the body and the signature, which the handler reads from the raw request."""

    def __post_init__(self) -> None:
        any_object = Schema(type=OpenAPIType.OBJECT)
        self.request_body = RequestBody(
            {"application/json": OpenAPIMediaType(schema=any_object)},
            description="A Stripe event object, exactly as signed.",
            required=True,
        )
        self.parameters = [
            Parameter(
                _SIGNATURE,
                "header",
                schema=Schema(type=OpenAPIType.STRING),
                description="Stripe's signature of the raw request body.",
            )
        ]


@post(
    summary="Receive a payment event",
    status_code=200,
    opt=PUBLIC,
    operation_class=SignedEvent,
    responses=problem_responses(errors.InvalidSignature, errors.PaymentsNotConfigured),
)
async def stripe_webhook_handler(
    request: ApiRequest, process_payment_event: NamedDependency[ProcessPaymentEvent]
) -> None:
    """Process a signed Stripe event. Stripe retries after any status other than 200."""
    # The signature covers the raw bytes, whatever their Content-Type.
    body = await request.raw_body()
    try:
        await process_payment_event(body, request.headers.get(_SIGNATURE))
    except (errors.StateConflict, errors.VersionMismatch) as error:
        # Too many concurrent changes of a booking. Nothing was stored; a 503 makes Stripe retry.
        raise Unavailable(str(error)) from error


router = Router("/api/webhooks/stripe", tags=["Webhook"], route_handlers=[stripe_webhook_handler])
