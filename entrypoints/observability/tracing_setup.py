"""Starts tracing if it is configured. Does not import OpenTelemetry otherwise."""

from application import use_cases
from entrypoints.settings import Settings, SettingsError


def start_tracing_if_configured(settings: Settings) -> bool:
    """Trace this process if OTEL_EXPORTER_OTLP_ENDPOINT is set. Returns whether it is.

    Call it once per process. Raises SettingsError if the extra `otel` is not installed.
    """
    if settings.otel_exporter_otlp_endpoint is None:
        return False
    try:
        from entrypoints.observability.tracing import start_tracing  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as missing:
        raise SettingsError(
            "OTEL_EXPORTER_OTLP_ENDPOINT: expected only where cowork-api[otel] is installed."
        ) from missing
    classes = [value for value in vars(use_cases).values() if isinstance(value, type)]
    start_tracing(settings.otel_exporter_otlp_endpoint, classes)
    return True
