"""No regular expression in the code takes more than linear time (ReDoS).

Every pattern is tested, whether or not it is applied to user input.
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
MAY_CONTAIN_PATTERN = re.compile(r"\bre\.|\bpattern\b")
"""Parsing only these files saves a second in each test process."""
LENGTH = 10_000
REPEATED = (
    *("a", "A", "1", " ", "\t", "\n", "\r\n", "\\", "%", "_", ".", "-", ":", "/", "@", '"', "`"),
    *("[", "]", "[]", "[a]", "a[", "$", "$1", "a.", ".a", "a ", ". ", "0.", "1:", '"1', "::"),
    *("/calendar/", "error: ", "could not ", "ListBody_", "http://", "é", "\N{GRINNING FACE}"),
)
ENDS = ("", "\0", "\n\n", "!", " ", "Body_")
MAX_CPU_SECONDS = 0.25
"""A pattern that backtracks over the text takes several seconds."""


def patterns() -> Iterator[tuple[str, str | bytes]]:
    """Yield the patterns passed to `re`, or to any call as `pattern`, with their locations."""
    for path in (path for layer in LAYERS for path in (ROOT / layer).rglob("*.py")):
        source = path.read_text()
        if not MAY_CONTAIN_PATTERN.search(source):
            continue
        tree = ast.parse(source)
        constants = {
            target.id: statement.value
            for statement in tree.body
            if isinstance(statement, ast.Assign)
            for target in statement.targets
            if isinstance(target, ast.Name)
        }
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            arguments = [keyword.value for keyword in call.keywords if keyword.arg == "pattern"]
            if ast.unparse(call.func).startswith("re.") and call.args:
                arguments.append(call.args[0])
            for value in arguments:
                text = constants.get(value.id) if isinstance(value, ast.Name) else value
                if isinstance(text, ast.Constant) and isinstance(text.value, str | bytes):
                    yield f"{path.relative_to(ROOT)}:{call.lineno}", text.value


PATTERNS = dict(patterns())


def test_patterns_are_found() -> None:
    assert len(PATTERNS) > 15


@pytest.mark.parametrize("location", PATTERNS)
def test_a_pattern_takes_linear_time(location: str) -> None:
    pattern: re.Pattern[Any] = re.compile(PATTERNS[location])
    for repeated, end in product(REPEATED, ENDS):
        text = repeated * (LENGTH // len(repeated)) + end
        subject = text.encode() if isinstance(pattern.pattern, bytes) else text
        started = thread_time()
        pattern.search(subject)
        pattern.fullmatch(subject)
        assert thread_time() - started < MAX_CPU_SECONDS, (repeated, end)
