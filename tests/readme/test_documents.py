"""Documents list exactly the existing settings, commands, targets, packages and decisions."""

import re
import tomllib
from dataclasses import fields
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
    listed = set(first_cells(section("README.md", "Working on it")))
    there = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert listed
    assert {target.removeprefix("make ") for target in listed} <= there


def test_the_turkish_readme_has_the_same_walk_through() -> None:
    blocks = [
        re.findall(r"^```.*?^```$", (ROOT / name).read_text(), re.MULTILINE | re.DOTALL)
        for name in ("README.md", "README.tr.md")
    ]
    assert blocks[0] == blocks[1]


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


def anchors(document: Path) -> set[str]:
    """Return the link anchors of a Markdown document's headings."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_names_every_decision() -> None:
    index = (ROOT / "docs/adr/README.md").read_text()
    decisions = {path.name for path in (ROOT / "docs/adr").glob("0*.md")}
    assert decisions == set(re.findall(r"\((0[^)]+\.md)\)", index))
