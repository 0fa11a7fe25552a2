"""`/health`: whether the service runs, and whether its database answers."""

from importlib.metadata import version

import msgspec
from litestar import Response, Router, get
from litestar.di import NamedDependency
from litestar.openapi import ResponseSpec

from adapters.postgres import PostgresDatabase
from application.ports.unit_of_work import Unavailable
from entrypoints.http.access import PUBLIC
from entrypoints.http.document import ANSWERS_WITHOUT_DATABASE
from entrypoints.http.problems import RETRY_AFTER_SECONDS

VERSION = version("cowork-api")


class HealthBody(msgspec.Struct, frozen=True):
    """How the service is."""

    status: str
    version: str
    database: str


class LiveBody(msgspec.Struct, frozen=True):
    """That the process runs."""

    status: str


@get(
    opt=PUBLIC | ANSWERS_WITHOUT_DATABASE,
    responses={
        503: ResponseSpec(
            HealthBody, generate_examples=False, description="The database does not answer."
        )
    },
)
async def health_handler(database: NamedDependency[PostgresDatabase]) -> Response[HealthBody]:
    """Whether requests can be answered now: 200, or 503 while the database is away."""
    try:
        await database.ping()
    except Unavailable:
        return Response(
            HealthBody("unavailable", VERSION, "unavailable"),
            status_code=503,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
        )
    return Response(HealthBody("ok", VERSION, "ok"))


@get("/live", opt=PUBLIC | ANSWERS_WITHOUT_DATABASE, sync_to_thread=False)
def live_handler() -> LiveBody:
    """Whether the process runs, whatever else does not."""
    return LiveBody("ok")


router = Router("/health", tags=["Health"], route_handlers=[health_handler, live_handler])
