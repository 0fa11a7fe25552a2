"""Finding: one result of `cowork check`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Verdict(StrEnum):
    """How serious a finding is."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of checking a setting or a service. The message never contains a secret."""

    subject: str
    verdict: Verdict
    message: str

    @classmethod
    def ok(cls, subject: str, message: str) -> Self:
        """Return a finding without a problem."""
        return cls(subject, Verdict.OK, message)

    @classmethod
    def warning(cls, subject: str, message: str) -> Self:
        """Return a problem that does not stop the service, but should not reach production."""
        return cls(subject, Verdict.WARNING, message)

    @classmethod
    def failed(cls, subject: str, message: str) -> Self:
        """Return a problem with which the service, or a part of it, does not work."""
        return cls(subject, Verdict.FAILED, message)
