"""Handler dependencies: each use case by its name, and the few other objects that handlers need."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from litestar.di import Provide

from application.use_cases import UseCases
from entrypoints.container import Container
from entrypoints.http.routes.metrics import MetricsAccess
from entrypoints.observability.metrics.business_gauges import BusinessGauges


def handler_dependencies(container: Container) -> dict[str, Provide]:
    """Return the provider of each dependency by its name.

    dependency-injector's own wiring fails with Litestar's handlers.
    """
    providers = _use_case_providers(container) | _other_providers(container)
    return {name: _provide(provider) for name, provider in providers.items()}


def _use_case_providers(container: Container) -> dict[str, Callable[[], Any]]:
    names = [name for name, value in vars(UseCases).items() if isinstance(value, cached_property)]
    return {name: partial(_use_case, container, name) for name in names}


def _use_case(container: Container, name: str) -> Any:
    return getattr(container.use_cases(), name)


def _other_providers(container: Container) -> dict[str, Callable[[], Any]]:
    settings = container.settings()
    house = settings.house
    metrics_access = MetricsAccess(settings.metrics_token, settings.trusted_proxies)
    return {
        "database_health": container.database,
        "house": lambda: house,
        "invoice_printer": container.invoice_printer,
        "business_gauges": partial(_business_gauges, container),
        "metrics_access": lambda: metrics_access,
        "response_cache": container.response_cache,
    }


def _business_gauges(container: Container) -> BusinessGauges:
    use_cases = container.use_cases()
    return BusinessGauges(use_cases.count_open_holds, use_cases.count_jobs)


def _provide(provider: Callable[[], Any]) -> Provide:
    # Litestar inspects signatures, which neither providers nor partials have as it expects.
    def dependency() -> Any:
        return provider()

    return _ProvideByIdentity(dependency, sync_to_thread=False)


class _ProvideByIdentity(Provide):
    """A provider that equals only itself.

    For each handler Litestar compares every provider with every other, field by field.
    """

    __eq__ = object.__eq__
    __hash__ = object.__hash__
