"""A new user's language is the supported one that their browser prefers."""

import pytest

from domain.users import Locale
from entrypoints.http.languages import accepted_locale


@pytest.mark.parametrize(
    "header, locale",
    [
        ("", "en"),
        ("tr", "tr"),
        ("tr-TR,tr;q=0.9,en-US;q=0.8,en;q=0.7", "tr"),
        ("TR-cy", "tr"),
        ("en-GB,en;q=0.9,tr;q=0.8", "en"),
        ("de, fr;q=0.9, tr;q=0.2", "tr"),
        ("tr;q=0.4, en;q=0.6", "en"),
        ("tr;q=0, de", "en"),
        ("*", "en"),
        ("trk, eng", "en"),
        ("tr;q=much, en;q=0.1", "en"),
        ("tr;q=nan", "en"),
        ("tr;;;=,,;q", "en"),
        (",,,;;;q=;=", "en"),
        ("tr;level=1", "en"),
    ],
)
def test_it_is_the_preferred_supported_language(header: str, locale: str) -> None:
    assert accepted_locale(header) is Locale(locale)
