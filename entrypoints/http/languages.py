"""Languages: in which one of the house's somebody is to be written to."""

from domain.users import Locale


def accepted_locale(header: str) -> Locale:
    """The locale that an Accept-Language (RFC 9110) prefers; English for any that has none of ours.

    A language is taken by its main part, so that `tr-CY` is Turkish; what cannot be read is left
    out.
    """
    preferred, most = Locale.ENGLISH, 0.0
    for part in header.lower().split(","):
        language, _, parameter = part.partition(";")
        main = language.strip().partition("-")[0]
        quality = _quality(parameter)
        if main in set(Locale) and quality > most:
            preferred, most = Locale(main), quality
    return preferred


def _quality(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if not parameter.strip():
        return 1.0
    try:
        return float(value) if name.strip() == "q" else 0.0
    except ValueError:
        return 0.0
