"""Finding: one line of what `cowork check` says."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self


class Verdict(StrEnum):
    """How something is: as it should be, not as it should be in earnest, or not working."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Finding:
    """How something is. The message never repeats a secret."""

    subject: str
    verdict: Verdict
    message: str

    @classmethod
    def ok(cls, subject: str, message: str) -> Self:
        """It is as it should be."""
        return cls(subject, Verdict.OK, message)

    @classmethod
    def warning(cls, subject: str, message: str) -> Self:
        """It works, and should not stay so for a house that is open."""
        return cls(subject, Verdict.WARNING, message)

    @classmethod
    def failed(cls, subject: str, message: str) -> Self:
        """It was tried, and does not work."""
        return cls(subject, Verdict.FAILED, message)
