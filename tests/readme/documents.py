"""The examples in a document: the commands to run and the output they show."""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@dataclass(frozen=True, slots=True)
class Example:
    """A document's code blocks of one language in order, and the output lines it shows."""

    code: str
    shown: list[str]


def example(document: str, language: str, *, heading: str | None = None) -> Example:
    """Return the example below a heading, or of the whole document without a heading."""
    code = code_of(document, language, heading=heading)
    shown = _blocks(document, "text", heading)
    assert shown, f"{document} does not show what its example prints."
    return Example(code, shown.splitlines())


def code_of(document: str, language: str = "python", *, heading: str | None) -> str:
    """Return the code blocks of one language below a heading, as one text."""
    code = _blocks(document, language, heading)
    assert code, f"{document} has no example below '{heading or document}'."
    return code


def _blocks(document: str, language: str, heading: str | None) -> str:
    section = (ROOT / document).read_text()
    if heading is not None:
        section = section.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return "".join(text for name, text in _BLOCK.findall(section) if name == language)


def missing(shown: list[str], printed: str) -> list[str]:
    """Return the shown lines that were not printed in this order. Times of day are ignored."""
    lines = iter(_timeless(printed).splitlines())
    return [line for line in shown if _timeless(line) not in lines]


def _timeless(text: str) -> str:
    return _TIME.sub("<time>", text)
