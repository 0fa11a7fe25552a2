"""One concept, one file, one name."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
USE_CASES = [
    path
    for path in (ROOT / "application").rglob("*.py")
    if not {"ports", "contracts", "common"} & set(path.parts)
]
PORTS = {
    node.name: path.stem
    for path in (ROOT / "application/ports").glob("*.py")
    for node in ast.parse(path.read_text()).body
    if isinstance(node, ast.ClassDef)
}


def classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]


def snake_case(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def is_called(cls: ast.ClassDef) -> bool:
    return any(isinstance(n, ast.AsyncFunctionDef) and n.name == "__call__" for n in cls.body)


def is_protocol(cls: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Protocol" for base in cls.bases)


@pytest.mark.parametrize("path", USE_CASES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_use_case_lives_in_the_file_of_its_name(path: Path) -> None:
    called = [
        cls.name for cls in classes(path) if is_called(cls) and "Protocol" not in ast.dump(cls)
    ]
    assert [snake_case(name) for name in called] in ([], [path.stem])


@pytest.mark.parametrize("prefix", ["Memory", "Postgres"])
def test_an_adapter_lives_in_the_file_of_its_port(prefix: str) -> None:
    adapters = {
        cls.name.removeprefix(prefix): path.stem
        for path in (ROOT / "adapters" / prefix.lower()).rglob("*.py")
        for cls in classes(path)
        if cls.name.startswith(prefix)
    }
    of_ports = {name: file for name, file in adapters.items() if name in PORTS}
    assert of_ports == {name: PORTS[name] for name in of_ports}
    assert len(of_ports) > 20
