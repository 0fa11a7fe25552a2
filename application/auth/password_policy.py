"""PasswordPolicy: which new passwords are accepted."""

from application.ports.common_passwords import CommonPasswords
from application.ports.password_hasher import PasswordHasher
from domain.errors import InvalidValue
from domain.users import EmailAddress, check_password


class PasswordPolicy:
    """Checks and hashes new passwords."""

    def __init__(self, passwords: PasswordHasher, common: CommonPasswords) -> None:
        self._passwords = passwords
        self._common = common

    async def hash(self, password: str, email: EmailAddress, *, field: str = "password") -> str:
        """Return the hash. Raises InvalidValue on `field` when the password is not accepted."""
        check_password(password, email, field=field)
        if self._common.contains(password):
            raise InvalidValue("Expected a password that is not commonly used.", field=field)
        return await self._passwords.hash(password)
