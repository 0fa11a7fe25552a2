"""The secret key of a house with an embedded database: made once, and kept beside the data."""

import os
import secrets
from dataclasses import replace
from pathlib import Path

from entrypoints.cli.errors import CommandError
from entrypoints.setting_values import secret_keys
from entrypoints.settings import Settings

_BYTES = 48


def secret_key_text(settings: Settings, data_dir: Path) -> str:
    """The keys for SECRET_KEY: those that are set, or the kept one.

    Raises CommandError when there are none and the database is not ours to keep one beside.
    """
    if settings.secret_key:
        return ",".join(settings.secret_key)
    if settings.database_url is not None:
        raise CommandError("SECRET_KEY: expected one or more keys of at least 32 bytes.")
    return _kept_key(data_dir / "secret-key")


def with_secret_key(settings: Settings, data_dir: Path) -> Settings:
    """The settings with the keys that `secret_key_text` finds."""
    return replace(settings, secret_key=secret_keys(secret_key_text(settings, data_dir)))


def _kept_key(file: Path) -> str:
    try:
        if not file.exists():
            _make(file)
        text = file.read_text().strip()
        secret_keys(text)
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} holds no usable secret key: {error}") from error
    return text


def _make(file: Path) -> None:
    """Write the key whole before it gets its name; who comes second takes the first one's."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secrets.token_urlsafe(_BYTES) + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
