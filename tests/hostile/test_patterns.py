"""No regular expression that we use takes longer than in proportion to what it is held against.

Whatever it is used for: each is tried, so that nobody has to know which of them see foreign text.
"""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from time import thread_time
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
LAYERS = ("adapters", "application", "domain", "entrypoints")
MAY_HAVE_ONE = re.compile(r"\bre\.|\bpattern\b")
"""To parse all that we have takes a second of each test process."""
LENGTH = 10_000
REPEATED = (
    *("a", "A", "1", " ", "\t", "\n", "\r\n", "\\", "%", "_", ".", "-", ":", "/", "@", '"', "`"),
    *("[", "]", "[]", "[a]", "a[", "$", "$1", "a.", ".a", "a ", ". ", "0.", "1:", '"1', "::"),
    *("/calendar/", "error: ", "could not ", "ListBody_", "http://", "é", "\N{GRINNING FACE}"),
)
ENDS = ("", "\0", "\n\n", "!", " ", "Body_")
LONGEST_SECONDS = 0.25
"""Of the processor's time. One that goes back and forth over the text takes some seconds."""


def patterns() -> Iterator[tuple[str, str | bytes]]:
    """All that are handed to `re`, or as `pattern` to anything, with where that is."""
    for path in (path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")):
        source = path.read_text()
        if not MAY_HAVE_ONE.search(source):
            continue
        tree = ast.parse(source)
        named = {
            target.id: one.value
            for one in tree.body
            if isinstance(one, ast.Assign)
            for target in one.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            given = [word.value for word in call.keywords if word.arg == "pattern"]
            if ast.unparse(call.func).startswith("re.") and call.args:
                given.append(call.args[0])
            for value in given:
                text = named.get(value.id) if isinstance(value, ast.Name) else value
                if isinstance(text, ast.Constant) and isinstance(text.value, str | bytes):
                    yield f"{path.relative_to(ROOT)}:{call.lineno}", text.value


FOUND = dict(patterns())


def test_there_are_some() -> None:
    assert len(FOUND) > 15


@pytest.mark.parametrize("place", FOUND)
def test_a_pattern_is_quick_whatever_it_is_held_against(place: str) -> None:
    pattern: re.Pattern[Any] = re.compile(FOUND[place])
    for repeated, end in product(REPEATED, ENDS):
        text = repeated * (LENGTH // len(repeated)) + end
        subject = text.encode() if isinstance(pattern.pattern, bytes) else text
        began = thread_time()
        pattern.search(subject)
        pattern.fullmatch(subject)
        assert thread_time() - began < LONGEST_SECONDS, (repeated, end)
