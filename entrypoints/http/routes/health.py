"""`/health`: liveness and readiness."""

from importlib.metadata import version
from typing import Annotated, Protocol, runtime_checkable

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec
from msgspec import Meta

from application.ports.unit_of_work import Unavailable
from entrypoints.http.middleware.authentication import PUBLIC
from entrypoints.http.openapi.handler_options import WITHOUT_DATABASE
from entrypoints.http.problems import RETRY_AFTER_SECONDS

VERSION = version("cowork-api")


@runtime_checkable  # Litestar checks the type of what it injects.
class DatabaseHealth(Protocol):
    """What the readiness check requires of the database."""

    async def ping(self) -> None:
        """Raise Unavailable unless the database responds."""


class HealthBody(msgspec.Struct, frozen=True):
    """The state of the service."""

    status: Annotated[
        str,
        Meta(description="`ok`, or `unavailable` if requests cannot be served.", examples=["ok"]),
    ]
    version: Annotated[str, Meta(description="Version of the service.")]
    database: Annotated[str, Meta(description="`ok`, or `unavailable`.", examples=["ok"])]


class LiveBody(msgspec.Struct, frozen=True):
    """The process is running."""

    status: Annotated[str, Meta(description="Always `ok`.")]


@get(
    summary="Check readiness",
    opt=PUBLIC | WITHOUT_DATABASE,
    responses={
        503: ResponseSpec(
            HealthBody, generate_examples=False, description="The database is unavailable."
        )
    },
)
async def health_handler(database_health: NamedDependency[DatabaseHealth]) -> Response[HealthBody]:
    """Return 200 if requests can be served, and 503 while the database is unavailable."""
    try:
        await database_health.ping()
    except Unavailable:
        return Response(
            HealthBody("unavailable", VERSION, "unavailable"),
            status_code=503,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )
    return Response(HealthBody("ok", VERSION, "ok"))


@get("/live", summary="Check liveness", opt=PUBLIC | WITHOUT_DATABASE, sync_to_thread=False)
def live_handler() -> LiveBody:
    """Return 200 as long as the process runs."""
    return LiveBody("ok")


router = Router("/health", tags=["Health"], route_handlers=[health_handler, live_handler])
