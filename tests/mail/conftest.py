"""What the tests of mails share."""

import pytest

from adapters.mail.letters import Letters
from tests.mail.mails import FRONT_PAGE, ZONE


@pytest.fixture(scope="session")
def letters() -> Letters:
    """Of a house in Istanbul."""
    return Letters("Harbour House", ZONE, FRONT_PAGE)
