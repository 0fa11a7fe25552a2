"""The endpoints, one module for each part of the API."""

from litestar.types import ControllerRouterHandler

from entrypoints.http.routes import (
    analytics,
    audit,
    auth,
    billing,
    bookings,
    calendar,
    documents,
    health,
    metrics,
    spaces,
    stripe_webhook,
    users,
)

ROUTERS: list[ControllerRouterHandler] = [
    auth.router,
    users.router,
    audit.router,
    spaces.router,
    bookings.router,
    calendar.router,
    analytics.router,
    billing.router,
    stripe_webhook.router,
    health.router,
    metrics.metrics_handler,
    documents.openapi_handler,
    documents.docs_handler,
    documents.docs_asset_handler,
]
