"""Persists a sandbox's state in a file, from which a later sandbox continues."""

import json
import logging
import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from adapters.stripe.sandbox.account import Json
from adapters.stripe.sandbox.sandbox import Sandbox

_log = logging.getLogger(__name__)
_REQUIRED_KEYS = {"url", "account", "keys"}


class StateFile:
    """A JSON file that only its owner can read. It is replaced atomically, so it is never partial.

    A file that is not a sandbox's state is ignored with a warning, and overwritten.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._last_written: str | None = None
        self._loaded = self._read()

    @property
    def port(self) -> int:
        """The port of the last sandbox, to which its hosted pages' URLs lead; 0 without a state."""
        return urlsplit(self._loaded["url"]).port or 0 if self._loaded else 0

    def restore(self, sandbox: Sandbox) -> None:
        """Restore the state that the file had when this object was created, if any."""
        if self._loaded is not None:
            sandbox.restore(self._loaded)

    def save(self, sandbox: Sandbox) -> None:
        """Write the sandbox's state, unless it has not changed since the last call."""
        text = json.dumps({"url": sandbox.url} | sandbox.state())
        if text == self._last_written:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)
        self._last_written = text

    def _read(self) -> Json | None:
        if not self._path.exists():
            return None
        with suppress(OSError, ValueError, AttributeError):
            state: Json = json.loads(self._path.read_text())
            if state.keys() >= _REQUIRED_KEYS:
                return state
        _log.warning("%s is not a sandbox state file; starting with an empty state.", self._path)
        return None
