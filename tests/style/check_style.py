"""Check names and prose against the project's style: `make check` runs it.

Prints each hit as `path:line: word` and exits 1. A word that is right where it stands is listed in
`EXCEPTIONS` with its reason.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT_SUFFIXES = frozenset({".py", ".md", ".toml", ".yml", ".yaml", ".html", ".jinja", ""})
WORDS = re.compile(
    r"\b(whoever|whomever|whatever becomes|nobody|somebody|lest|how many (?:it|they) were"
    r"|for that (?:the|a|an|it|they|no|all)"
    r"|told|tells|gives|stands so|an? [a-z]+ of (?:ours|yours|theirs|hers|its own|one's own)"
    r"|is reckoned|goes around|anybody's)\b",
    re.IGNORECASE,
)
NAMES = frozenset({"wanted", "told", "given", "found", "kept", "one", "most", "rolled"})
EXCEPTIONS: dict[tuple[str, str], str] = {
    ("LICENSE", "*"): "a quotation",
    ("adapters/embedded/os_user.py", "nobody"): "the operating system's account",
    ("adapters/mail/templates/*", "somebody"): "mails address people, not developers",
    ("adapters/stripe/sandbox/control.py", "wanted"): "the name of a JSON argument",
    ("tests/mail/snapshots/*", "somebody"): "mails address people, not developers",
    ("tests/style/check_style.py", "*"): "names the words",
    ("tests/unit/application/*", "nobody"): "an e-mail address in test data",
}


def hits() -> Iterator[tuple[str, int, str]]:
    """Every word and name that the style replaces, with its file and line."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    for path in sorted(set(listed.stdout.splitlines())):
        file = ROOT / path
        if file.suffix not in TEXT_SUFFIXES or not file.is_file():
            continue
        text = file.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), start=1):
            yield from ((path, number, match[0]) for match in WORDS.finditer(line))
        if file.suffix == ".py":
            yield from ((path, line, name) for line, name in _names(ast.parse(text)))


def _names(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store(), lineno=line):
                pass
            case ast.arg(arg=name, lineno=line) | ast.FunctionDef(name=name, lineno=line):
                pass
            case ast.AsyncFunctionDef(name=name, lineno=line):
                pass
            case _:
                continue
        if name in NAMES:
            yield line, name


def is_exception(path: str, word: str) -> bool:
    """Whether the word is right in that file."""
    return any(fnmatch(path, glob) and fnmatch(word.lower(), said) for glob, said in EXCEPTIONS)


def main() -> int:
    """Print the hits that are no exceptions. Returns the exit status."""
    bad = [hit for hit in hits() if not is_exception(hit[0], hit[2])]
    sys.stdout.writelines(f"{path}:{line}: {word}\n" for path, line, word in bad)
    return 1 if bad else 0


if __name__ == "__main__":
    raise SystemExit(main())
