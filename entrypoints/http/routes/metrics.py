"""`/metrics`: what Prometheus asks for. Nobody from outside may, unless with METRICS_TOKEN."""

import hmac
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from domain.errors import Forbidden, InvalidToken
from entrypoints.http.access import PUBLIC, bearer_token
from entrypoints.http.problems import failures
from entrypoints.http.request import ApiRequest
from entrypoints.metrics.exposition import CONTENT_TYPE_LATEST, exposition
from entrypoints.metrics.house import HouseFigures
from entrypoints.setting_values import Network

_MARKS_OF_A_PROXY = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Whoever asks through a proxy is not who the proxy is, whether we trust it or not."""


class MetricsAccess:
    """Who may see them: whoever has the token, or asks from this host or a trusted network."""

    def __init__(self, token: str | None, networks: Sequence[Network]) -> None:
        self._token = token
        self._networks = networks

    def check(self, request: ApiRequest) -> None:
        """Raise Forbidden or InvalidToken."""
        header = request.headers.get("authorization")
        if header is not None:
            given = bearer_token(header.encode("latin-1"))
            if self._token is None or not hmac.compare_digest(given.encode(), self._token.encode()):
                raise InvalidToken("This is not METRICS_TOKEN.")
        elif not self._is_near(request):
            raise Forbidden("Only from the host itself or a trusted proxy, or with METRICS_TOKEN.")

    def _is_near(self, request: ApiRequest) -> bool:
        if request.client is None or any(mark in request.headers for mark in _MARKS_OF_A_PROXY):
            return False
        try:
            address: Any = ip_address(request.client.host)
        except ValueError:
            return False
        # What an IPv4 client looks like to a socket of both kinds.
        address = getattr(address, "ipv4_mapped", None) or address
        return address.is_loopback or any(address in network for network in self._networks)


@get(
    "/metrics",
    opt=PUBLIC,
    tags=["Metrics"],
    media_type="text/plain",
    responses=failures(Forbidden, InvalidToken),
)
async def metrics_handler(
    request: ApiRequest,
    metrics_access: NamedDependency[MetricsAccess],
    house_figures: NamedDependency[HouseFigures],
) -> Response[str]:
    """What the service counts and measures, in Prometheus's text format.

    For callers on the host itself or in `TRUSTED_PROXIES`; for others with `METRICS_TOKEN` as
    bearer token.
    """
    metrics_access.check(request)
    text = await exposition(house_figures)
    return Response(text.decode(), media_type=CONTENT_TYPE_LATEST)
