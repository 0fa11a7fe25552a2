"""Checks that a built site is complete: nothing is missing, and nothing comes from another host."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


def bad_links(site: Path) -> Iterator[str]:
    """Yield the links that lead to no file, and what a page loads from another host."""
    for page in sorted(site.rglob("*.html")):
        parser = _Links()
        parser.feed(page.read_text())
        for address in parser.links + parser.loaded:
            scheme, host, path, *_ = urlsplit(address)
            folder = site if path.startswith("/") else page.parent
            if not scheme and not (folder / unquote(path).lstrip("/")).exists():
                yield f"{page.relative_to(site)} links to a missing file: {address}"
            elif host and address in parser.loaded:
                yield f"{page.relative_to(site)} loads from another host: {address}"


class _Links(HTMLParser):
    """Collects the addresses that a page links to, and those that a browser loads by itself."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the address in a tag."""
        values = dict(attrs)
        if tag == "a":
            self.links.append(values.get("href") or "")
        elif address := values.get("src") or (tag == "link" and values.get("href")):
            self.loaded.append(address)
