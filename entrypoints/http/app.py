"""The ASGI application: Litestar with the routes, within the outer middleware."""

from typing import Any

from litestar import Litestar
from litestar.middleware import DefineMiddleware
from litestar.types import ASGIApp
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from entrypoints.container import Container
from entrypoints.http.dependencies import handler_dependencies
from entrypoints.http.fields import FieldSchemas, decode_field, is_field
from entrypoints.http.lifespan import lifespan
from entrypoints.http.middleware.authentication import AuthenticationMiddleware
from entrypoints.http.middleware.cors import CorsPolicy
from entrypoints.http.middleware.load_shedding import LoadSheddingMiddleware
from entrypoints.http.middleware.request_context import RequestContextMiddleware
from entrypoints.http.middleware.strict_query import StrictQueryMiddleware
from entrypoints.http.openapi.config import openapi_config
from entrypoints.http.openapi.enum_schemas import EnumSchemas
from entrypoints.http.problems import to_response
from entrypoints.http.request import MAX_BODY_BYTES, ApiRequest
from entrypoints.http.routes import ROUTERS
from entrypoints.observability.logging import configure_logging
from entrypoints.observability.tracing_setup import start_tracing_if_configured
from entrypoints.settings import Settings, load_settings


def create_app() -> ASGIApp:
    """Create the service from the environment; an ASGI server calls this factory.

    Raises SettingsError.
    """
    settings = load_settings()
    configure_logging(settings.log_level, settings.log_format)
    return _with_tracing(serve_container(Container(settings=settings)), settings)


def _with_tracing(app: ASGIApp, settings: Settings) -> ASGIApp:
    if not start_tracing_if_configured(settings):
        return app
    # Requires the extra `otel`.
    from entrypoints.observability.tracing import TracingMiddleware  # noqa: PLC0415

    return TracingMiddleware(app)


def serve_container(container: Container) -> ASGIApp:
    """Return the service of a container, with all middleware."""
    return with_middleware(litestar_app(container), container)


def with_middleware(app: Litestar, container: Container) -> ASGIApp:
    """Wrap Litestar in the middleware that handles every request, the unroutable ones included."""
    settings = container.settings()
    wrapped: Any = RequestContextMiddleware(
        LoadSheddingMiddleware(app),
        CorsPolicy([settings.frontend_url, settings.admin_url]),
        container.begin_statement_count,
    )
    if networks := settings.trusted_proxies:
        trusted_hosts = [str(network) for network in networks]
        wrapped = ProxyHeadersMiddleware(wrapped, trusted_hosts=trusted_hosts)
    return wrapped  # type: ignore[no-any-return]  # uvicorn and Litestar have their own ASGI types


def litestar_app(container: Container) -> Litestar:
    """Return Litestar with the routes. Its start connects the container's databases."""
    return Litestar(
        route_handlers=ROUTERS,
        dependencies=handler_dependencies(container),
        middleware=[
            DefineMiddleware(AuthenticationMiddleware, use_cases=container.use_cases),
            StrictQueryMiddleware,
        ],
        request_class=ApiRequest,
        request_max_body_size=MAX_BODY_BYTES,
        exception_handlers={Exception: to_response},
        type_decoders=[(is_field, decode_field)],
        plugins=[FieldSchemas(), EnumSchemas()],
        openapi_config=openapi_config(),
        lifespan=[lifespan(container)],
        # `to_response` logs failures, once.
        logging_config=None,
    )
