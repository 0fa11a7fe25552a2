"""Whether there are to be traces: the part of it that is loaded without them too."""

from application import use_cases
from entrypoints.settings import Settings, SettingsError


def start_tracing_if_set(settings: Settings) -> bool:
    """Trace this process from now on, if the settings say where to; whether they do.

    Once a process. Raises SettingsError where the extra is not installed.
    """
    if settings.otel_exporter_otlp_endpoint is None:
        return False
    # An extra, which not everybody has installed and nobody else pays for.
    try:
        from entrypoints.observability.tracing import start_tracing  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        raise SettingsError(
            "OTEL_EXPORTER_OTLP_ENDPOINT: expected only where cowork-api[otel] is installed."
        ) from missing
    kinds = [kind for kind in vars(use_cases).values() if isinstance(kind, type)]
    start_tracing(settings.otel_exporter_otlp_endpoint, kinds)
    return True
