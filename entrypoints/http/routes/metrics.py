"""`/metrics`: Prometheus metrics, for local callers or with METRICS_TOKEN."""

import hmac
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from domain.errors import Forbidden, InvalidToken
from entrypoints.http.middleware.authentication import PUBLIC, bearer_token
from entrypoints.http.openapi.problem_responses import problem_responses
from entrypoints.http.request import ApiRequest
from entrypoints.observability.metrics.business_gauges import BusinessGauges
from entrypoints.observability.metrics.render import CONTENT_TYPE_LATEST, render_metrics
from entrypoints.setting_values import Network

_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""A proxied request does not come from the proxy's own address, even if the proxy is trusted."""


class MetricsAccess:
    """Allows callers with the token, on this host, or in a trusted network."""

    def __init__(self, token: str | None, networks: Sequence[Network]) -> None:
        self._token = token
        self._networks = networks

    def check(self, request: ApiRequest) -> None:
        """Raise InvalidToken for a wrong token, and Forbidden for a remote caller without one."""
        header = request.headers.get("authorization")
        if header is not None:
            token = bearer_token(header.encode("latin-1"))
            if self._token is None or not hmac.compare_digest(token.encode(), self._token.encode()):
                raise InvalidToken("The bearer token is not METRICS_TOKEN.")
        elif not self._is_local(request):
            raise Forbidden(
                "Metrics are served to the host itself, to TRUSTED_PROXIES or with METRICS_TOKEN."
            )

    def _is_local(self, request: ApiRequest) -> bool:
        if request.client is None or any(name in request.headers for name in _PROXY_HEADERS):
            return False
        try:
            address: Any = ip_address(request.client.host)
        except ValueError:
            return False
        # A dual-stack socket reports IPv4 clients as IPv4-mapped IPv6 addresses.
        address = getattr(address, "ipv4_mapped", None) or address
        return address.is_loopback or any(address in network for network in self._networks)


@get(
    "/metrics",
    summary="Get metrics",
    response_description="The metrics, in Prometheus text format.",
    opt=PUBLIC,
    tags=["Metrics"],
    media_type="text/plain",
    responses=problem_responses(Forbidden, InvalidToken),
)
async def metrics_handler(
    request: ApiRequest,
    metrics_access: NamedDependency[MetricsAccess],
    business_gauges: NamedDependency[BusinessGauges],
) -> Response[str]:
    """Return the metrics of the service in Prometheus text format.

    Callers on the host itself or in `TRUSTED_PROXIES` need no token. Others send `METRICS_TOKEN` as
    bearer token.
    """
    metrics_access.check(request)
    text = await render_metrics(business_gauges)
    return Response(text.decode(), media_type=CONTENT_TYPE_LATEST)
