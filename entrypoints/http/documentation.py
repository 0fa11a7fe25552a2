"""The OpenAPI document: what it says beside the endpoints themselves."""

from importlib.metadata import version
from typing import Any

from litestar import Router
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.types import Method

from domain.errors import NotFound
from entrypoints.http.access import PUBLIC

DESCRIPTION = """Bookings, payments and analytics for a coworking house.

Times are RFC 3339 with an offset, and UTC in answers. Money is US dollars, a string with two
places.
Every failure is an RFC 9457 problem whose `code` a program can branch on.
"""


def _operation_id(handler: HTTPRouteHandler, _method: Method, _path: list[str | Any]) -> str:
    """`create_booking`: the name of what is called, for clients that are generated."""
    return handler.handler_name.removesuffix("_handler")


def _not_served(_connection: Any, _handler: BaseRouteHandler) -> None:
    """Litestar adds pages of its own, whose errors are no problems: nobody gets to see them."""
    raise NotFound("There is no such page.")


def openapi_config() -> OpenAPIConfig:
    """OpenAPI 3.1; `routes.documents` serves it, at `/openapi.json` and as a page at `/docs`."""
    return OpenAPIConfig(
        title="cowork-api",
        version=version("cowork-api"),
        description=DESCRIPTION,
        openapi_router=Router(
            "/docs/litestar",
            route_handlers=[],
            guards=[_not_served],
            opt=PUBLIC,
            include_in_schema=False,
        ),
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
        operation_id_creator=_operation_id,
        security=[{"bearer": []}],
        components=Components(
            security_schemes={
                "bearer": SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        tags=[
            Tag("Auth", "Signing up, logging in, one's own account."),
            Tag("Users", "The accounts of the house, for admins."),
            Tag("Audit", "Who changed what, for admins."),
            Tag("Spaces", "What there is to book, and when it is free."),
            Tag("Bookings", "Having a space for a time."),
            Tag("Calendar", "Bookings in calendar programs."),
            Tag("Analytics", "What an operator asks about a range of days, for admins."),
            Tag("Billing", "Paying for plans and bookings, and the invoices for them."),
            Tag("Webhook", "What Stripe tells."),
            Tag("Health", "Whether the service is there."),
        ],
    )
