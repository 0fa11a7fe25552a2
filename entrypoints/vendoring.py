"""Vendoring: a copy of the packages below a name of the host's own.

For a host that has a `domain` or `application` itself (ADR 13). Only imports differ in the copy, so
it is read, debugged and type-checked like the original.
"""

import ast
import shutil
from pathlib import Path
from typing import TypeGuard

PACKAGES = ("domain", "application", "adapters", "migrations")
"""What an embedder uses. `entrypoints` starts processes of our own, and names modules by text."""
_ROOT = Path(__file__).parents[1]
_NOT_COPIED = shutil.ignore_patterns("__pycache__")


def vendor(folder: Path, name: str) -> int:
    """Copy the packages into that folder, which is imported by that dotted name.

    Gives back how many modules there are in it. Raises FileExistsError when the folder is there.
    """
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(
        f'"""A copy of cowork-api, made by `cowork vendor`: {", ".join(PACKAGES)}."""\n',
        encoding="utf-8",
    )
    (folder / "py.typed").touch()
    for package in PACKAGES:
        shutil.copytree(_ROOT / package, folder / package, ignore=_NOT_COPIED)
    modules = sorted(folder.rglob("*.py"))
    for module in modules:
        text = module.read_text(encoding="utf-8")
        module.write_text(below(name, text), encoding="utf-8")
    return len(modules)


def below(name: str, source: str) -> str:
    """The source of a module whose imports of our packages look for them below that name."""
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if _is_of_ours(node):
            line = lines[node.lineno - 1]
            lines[node.lineno - 1] = line.replace("from ", f"from {name}.", 1)
    return "".join(lines)


def _is_of_ours(node: ast.AST) -> TypeGuard[ast.ImportFrom]:
    """Whether it imports from one of the packages; they are never imported in another form."""
    return (
        isinstance(node, ast.ImportFrom)
        and node.level == 0
        and node.module is not None
        and node.module.partition(".")[0] in PACKAGES
    )
