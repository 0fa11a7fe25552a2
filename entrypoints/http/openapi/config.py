"""OpenAPI configuration: title, tags, security scheme, operation IDs."""

from importlib.metadata import version
from typing import Any

from litestar import Router
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.types import Method

from domain.errors import NotFound
from entrypoints.http.fields import YEARS
from entrypoints.http.middleware.authentication import PUBLIC

DESCRIPTION = f"""Bookings, payments and analytics for a coworking space.

- **Times** are RFC 3339 strings with an offset; responses use UTC. {YEARS}
- **Dates** are days in the house's time zone, and ranges include both ends.
- **Money** is US dollars, as a decimal string with two places: `"12.50"`.
- **Lists** are paginated with `limit` and `cursor`.
- **Errors** are RFC 9457 problems. Branch on `code`, which never changes.
"""


def _operation_id(handler: HTTPRouteHandler, _method: Method, _path: list[str | Any]) -> str:
    """Return `create_booking` for `create_booking_handler`; generated clients use this name."""
    return handler.handler_name.removesuffix("_handler")


def _not_served(_connection: Any, _handler: BaseRouteHandler) -> None:
    """Reject requests to Litestar's own documentation pages, whose errors are not problems."""
    raise NotFound("This page does not exist.")


def openapi_config() -> OpenAPIConfig:
    """Return the OpenAPI 3.1 settings. `routes.documents` serves `/openapi.json` and `/docs`."""
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
            Tag("Auth", "Sign up, log in, and manage your account, password and sessions."),
            Tag("Users", "Manage user accounts. Admins only."),
            Tag("Audit", "Search the audit log. Admins only."),
            Tag("Spaces", "Browse spaces and their availability; admins manage them."),
            Tag("Bookings", "Create, change and cancel bookings, check in and check out."),
            Tag("Calendar", "Export bookings to calendar applications (iCalendar)."),
            Tag("Analytics", "Occupancy, revenue and member reports. Admins only."),
            Tag("Billing", "Pay for bookings and plans, and read invoices."),
            Tag("Webhook", "Stripe webhook endpoint."),
            Tag("Health", "Liveness and readiness checks."),
        ],
    )
