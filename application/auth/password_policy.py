"""PasswordPolicy: which passwords are accepted, and how they are stored."""

from application.ports.common_passwords import CommonPasswords
from application.ports.password_hasher import PasswordHasher
from domain.errors import InvalidValue
from domain.users import EmailAddress, check_password


class PasswordPolicy:
    """Checks passwords that somebody wants to have, and hashes them."""

    def __init__(self, passwords: PasswordHasher, common: CommonPasswords) -> None:
        self._passwords = passwords
        self._common = common

    async def hash(self, password: str, email: EmailAddress, *, field: str = "password") -> str:
        """The hash; raises InvalidValue on `field` for a password that is not accepted."""
        check_password(password, email, field=field)
        if self._common.contains(password):
            raise InvalidValue("Expected a password that is not commonly used.", field=field)
        return await self._passwords.hash(password)
