"""The secret key: from SECRET_KEY, else generated once and stored in the data directory."""

import os
import secrets
from dataclasses import replace
from pathlib import Path

from entrypoints.cli.errors import CommandError
from entrypoints.setting_values import secret_keys
from entrypoints.settings import Settings

_BYTES = 48


def secret_key_text(settings: Settings, data_dir: Path) -> str:
    """Return the value of SECRET_KEY: the configured keys, or the stored key.

    Raises CommandError if none is configured and DATABASE_URL is: a key in the data directory of
    one host would not be shared with other hosts of that database.
    """
    if settings.secret_key:
        return ",".join(settings.secret_key)
    if settings.database_url is not None:
        raise CommandError("SECRET_KEY: expected one or more keys of at least 32 bytes.")
    return _stored_key(data_dir / "secret-key")


def with_secret_key(settings: Settings, data_dir: Path) -> Settings:
    """Return the settings with the keys of `secret_key_text`."""
    return replace(settings, secret_key=secret_keys(secret_key_text(settings, data_dir)))


def _stored_key(file: Path) -> str:
    try:
        if not file.exists():
            _create(file)
        text = file.read_text().strip()
        secret_keys(text)
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} does not contain a valid secret key: {error}") from error
    return text


def _create(file: Path) -> None:
    """Create the file atomically with a new key, unless another process has created it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(secrets.token_urlsafe(_BYTES) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    try:
        os.link(temporary, file)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
