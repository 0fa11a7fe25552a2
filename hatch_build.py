"""The wheel's build hook: everything is shipped below `cowork.` (ADR 15).

The repository's folders are `domain`, `application` and so on. A host may have packages of the same
names, so the wheel has `cowork/domain` instead, and its modules import `cowork.domain`. An editable
installation keeps the names of the repository.
"""

import ast
import re
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NAMESPACE = "cowork"
PACKAGES = ("domain", "application", "adapters", "entrypoints", "migrations")
_DOCSTRING = '"""Bookings, payments and analytics for coworking spaces."""\n'
_IMPORT = re.compile(r"\bfrom (?=\w)")


class NamespaceHook(BuildHookInterface[BuilderConfig]):
    """Puts a rewritten copy of the packages into the wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the copy and rename the console scripts, unless the build is editable."""
        if version == "editable":
            return
        # Kept on the hook, which outlives the build; deleted together with it.
        self._folder = TemporaryDirectory(prefix=f"{NAMESPACE}-")
        copy_below_namespace(Path(self.root), Path(self._folder.name))
        build_data["force_include"][self._folder.name] = NAMESPACE
        scripts = self.metadata.core.scripts
        scripts.update({name: f"{NAMESPACE}.{target}" for name, target in scripts.items()})


def copy_below_namespace(root: Path, folder: Path) -> None:
    """Copy the packages of the repository at `root` into `folder`, with rewritten imports."""
    (folder / "__init__.py").write_text(_DOCSTRING, encoding="utf-8")
    (folder / "py.typed").touch()
    for package in PACKAGES:
        ignored = shutil.ignore_patterns("__pycache__", ".*")
        shutil.copytree(root / package, folder / package, ignore=ignored)
    for module in sorted(folder.rglob("*.py")):
        source = module.read_text(encoding="utf-8")
        module.write_text(below_namespace(source), encoding="utf-8")


def below_namespace(source: str) -> str:
    """Return a module's source with its imports of our packages below the namespace.

    Raises ValueError for `import domain.bookings`, whose bound name would change with the rewrite.
    """
    lines = source.splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.ImportFrom(module=str(name), level=0) if _is_ours(name):
                index = node.lineno - 1
                head, tail = _split_at(lines[index], node.col_offset)
                lines[index] = head + _IMPORT.sub(f"from {NAMESPACE}.", tail, count=1)
            case ast.Import(names=names) if any(_is_ours(alias.name) for alias in names):
                raise ValueError(f"Line {node.lineno}: use 'from package.module import name'.")
            case _:
                pass
    return "".join(lines)


def _is_ours(module: str) -> bool:
    return module.partition(".")[0] in PACKAGES


def _split_at(line: str, offset: int) -> tuple[str, str]:
    """Split a line at an offset of the syntax tree, which counts bytes of UTF-8."""
    encoded = line.encode()
    return encoded[:offset].decode(), encoded[offset:].decode()
