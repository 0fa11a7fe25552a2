"""Builds the documentation site: stages its sources, writes its reference pages, runs Zensical.

The staged tree has the repository's layout, so that a relative link leads to the same file on the
site as on GitHub. A warning, a link to nothing and a script from another host fail the build.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from docs.site.links import bad_links

ROOT = Path(__file__).parents[2]
STAGED = ROOT / ".site/source"
BUILT = ROOT / ".site/html"

# The sections and their pages. A pattern stands for the pages that nothing else here names.
DOCUMENTS = {
    "Overview": ["README.md", "README.tr.md", "CHANGELOG.md", "SECURITY.md"],
    "HTTP API": ["docs/api/README.md", "docs/api/book-and-pay.md", "docs/api/*.md"],
    "Operation": [
        "docs/operations.md",
        "docs/reliability.md",
        "docs/security.md",
        "docs/payments.md",
        "docs/mail.md",
        "docs/jobs.md",
        "docs/migrations.md",
    ],
    "Development": [
        "docs/architecture.md",
        "docs/embedding.md",
        "CONTRIBUTING.md",
        "docs/testing.md",
        "docs/performance.md",
        "docs/*.md",
    ],
    "Decisions": ["docs/adr/README.md", "docs/adr/*.md"],
}
GLOSSARY = "docs/glossary.md"
# The pages whose title in the navigation is not their heading.
TITLES = {"README.md": "About", "README.tr.md": "Türkçe", "docs/adr/README.md": "Index"}


def main() -> int:
    """Build the site. Returns the exit status."""
    shutil.rmtree(STAGED, ignore_errors=True)
    stage_documents()
    stage_scripts()
    write_navigation()
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    built = subprocess.run(command, cwd=ROOT, check=False)  # noqa: S603 - nothing of it is input
    if built.returncode:
        return built.returncode
    problems = list(bad_links(BUILT))
    print("\n".join(problems) or f"Open {BUILT.relative_to(ROOT)}/index.html")  # noqa: T201
    return bool(problems)


def stage_documents() -> None:
    """Copy the documents and the files that they link to."""
    shutil.copytree(ROOT / "docs", STAGED / "docs", ignore=shutil.ignore_patterns("site"))
    for path in (*ROOT.glob("*.md"), ROOT / "LICENSE"):
        shutil.copy(path, STAGED)


def stage_scripts() -> None:
    """Copy the scripts that Zensical would load from another host."""
    for script in Path(__file__).parent.glob("*.js"):
        shutil.copy(script, STAGED)
    diagrams = files("mermaidx") / "assets/mermaid.js"
    (STAGED / "mermaid.js").write_bytes(diagrams.read_bytes())


def write_navigation() -> None:
    """Write the navigation, and the pages of the reference that it lists."""
    lines = [
        *document_sections(),
        "* Reference",
        *indented(reference_section("Domain", ROOT / "domain")),
        *indented(reference_section("Use cases", ROOT / "application", without="ports")),
        *indented(reference_section("Ports", ROOT / "application/ports")),
    ]
    (STAGED / "SUMMARY.md").write_text("\n".join(lines) + "\n")


def document_sections() -> Iterator[str]:
    """Yield the navigation of the documents."""
    named = {GLOSSARY, *(page for pages in DOCUMENTS.values() for page in pages)}
    for title, pages in DOCUMENTS.items():
        yield f"* {title}"
        for page in pages:
            for path in sorted(STAGED.glob(page)):
                name = path.relative_to(STAGED).as_posix()
                if name == page or name not in named:
                    yield f"    * {link(name)}"
    yield f"* {link(GLOSSARY)}"


def link(document: str) -> str:
    """Return a link to a document with its title."""
    lines = (STAGED / document).read_text().splitlines()
    heading = next(line.removeprefix("# ") for line in lines if line.startswith("# "))
    return f"[{TITLES.get(document, heading)}]({document})"


def reference_section(title: str, package: Path, *, without: str = "") -> Iterator[str]:
    """Write a page for a package and each of its modules. Yields their navigation."""
    yield f"* [{title}]({reference_page(package)})"
    for path in sorted(package.iterdir()):
        if path.is_dir() and path.name not in {"__pycache__", without}:
            yield from indented(reference_section(path.name, path))
        elif path.suffix == ".py" and path.name != "__init__.py":
            yield f"    * [{path.stem}]({reference_page(path)})"


def reference_page(path: Path) -> str:
    """Write the page of a module or package. Returns its path below the staged tree."""
    module = path.relative_to(ROOT).with_suffix("")
    name, options = ".".join(module.parts), ""
    if path.is_dir():
        module /= "index"
        options = "    options:\n      summary:\n        modules: true\n"
    page = STAGED / "reference" / module.with_suffix(".md")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(f"::: {name}\n{options}")
    return page.relative_to(STAGED).as_posix()


def indented(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines as those of a nested list."""
    return (f"    {line}" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
