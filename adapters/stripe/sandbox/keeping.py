"""What a sandbox knows, kept in a file for the next one."""

import json
import logging
import os
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from adapters.stripe.sandbox.account import Json
from adapters.stripe.sandbox.sandbox import Sandbox

_log = logging.getLogger(__name__)
_NAMES = {"url", "account", "keys"}


class StateFile:
    """A file, readable by its owner only, that is always one whole state of a sandbox."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._written: str | None = None
        self._kept = self._read()

    @property
    def port(self) -> int:
        """Where the last sandbox answered: its pages have that address. 0 when there was none."""
        return urlsplit(self._kept["url"]).port or 0 if self._kept else 0

    def restore(self, sandbox: Sandbox) -> None:
        """Go on from where the last one was."""
        if self._kept is not None:
            sandbox.restore(self._kept)

    def keep(self, sandbox: Sandbox) -> None:
        """Write what it knows now, unless that is there already."""
        text = json.dumps({"url": sandbox.url} | sandbox.state())
        if text == self._written:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        draft.replace(self._path)
        self._written = text

    def _read(self) -> Json | None:
        if not self._path.exists():
            return None
        with suppress(OSError, ValueError, AttributeError):
            kept: Json = json.loads(self._path.read_text())
            if kept.keys() >= _NAMES:
                return kept
        _log.warning("%s is no state of a sandbox: it begins anew.", self._path)
        return None
