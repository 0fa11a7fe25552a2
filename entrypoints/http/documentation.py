"""The OpenAPI document: what it says beside the endpoints themselves."""

from importlib.metadata import version

from litestar import Router
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag

from entrypoints.http.access import PUBLIC

DESCRIPTION = """Bookings, payments and analytics for a coworking house.

Times are RFC 3339 with an offset, and UTC in answers. Money is US dollars, a string with two
places.
Every failure is an RFC 9457 problem whose `code` a program can branch on.
"""


def openapi_config() -> OpenAPIConfig:
    """OpenAPI 3.1; `routes.documents` serves it at `/openapi.json`."""
    return OpenAPIConfig(
        title="cowork-api",
        version=version("cowork-api"),
        description=DESCRIPTION,
        openapi_router=Router("/docs", route_handlers=[], opt=PUBLIC, include_in_schema=False),
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
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
