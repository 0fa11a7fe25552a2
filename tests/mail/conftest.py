"""Fixtures for the tests of mail."""

import pytest

from adapters.mail.renderer import MailRenderer
from tests.mail.mail_factory import FRONT_PAGE, ZONE


@pytest.fixture(scope="session")
def renderer() -> MailRenderer:
    """A renderer for a house in Istanbul."""
    return MailRenderer("Harbour House", ZONE, FRONT_PAGE)
