"""Language negotiation. Without Babel, which the extra `http` does not install."""

from domain.users import Locale


def accepted_locale(header: str) -> Locale:
    """Return the supported locale that an Accept-Language header (RFC 9110) prefers.

    English if it accepts none. Only the primary language counts: `tr-CY` is Turkish. Invalid parts
    are ignored.
    """
    preferred, max_quality = Locale.ENGLISH, 0.0
    for part in header.lower().split(","):
        language_range, _, parameter = part.partition(";")
        language = language_range.strip().partition("-")[0]
        quality = _quality(parameter)
        if language in set(Locale) and quality > max_quality:
            preferred, max_quality = Locale(language), quality
    return preferred


def _quality(parameter: str) -> float:
    if not parameter.strip():
        return 1.0
    name, _, value = parameter.partition("=")
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
