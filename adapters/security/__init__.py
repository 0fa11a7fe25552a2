"""Password hashing with argon2id, signed tokens, and the list of common passwords."""

from adapters.security.argon2_passwords import Argon2Passwords
from adapters.security.common_passwords import ListedPasswords
from adapters.security.hmac_reset_tokens import HmacResetTokens
from adapters.security.jwt_access_tokens import JwtAccessTokens

__all__ = ["Argon2Passwords", "HmacResetTokens", "JwtAccessTokens", "ListedPasswords"]
