"""`cowork vendor`: our packages below a name of the host's own, for a host with others so named."""

import re
import sys
from pathlib import Path
from typing import Annotated

import typer

from entrypoints.cli.failures import CommandError
from entrypoints.vendoring import PACKAGES
from entrypoints.vendoring import vendor as copy_packages

_NAME = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")


def vendor(
    folder: Annotated[Path, typer.Argument(help="A new folder, such as src/house/cowork.")],
    name: Annotated[
        str | None,
        typer.Option("--as", help="How it is imported, such as house.cowork [default: its name]"),
    ] = None,
) -> None:
    """Copy the packages for a program that has a `domain` or `application` of its own."""
    imported_as = folder.name if name is None else name
    if not _NAME.fullmatch(imported_as):
        raise CommandError(f"'{imported_as}' is no name that can be imported; see --as.")
    try:
        modules = copy_packages(folder, imported_as)
    except OSError as error:
        raise CommandError(f"Cannot copy to {folder}: {error.strerror or error}") from error
    sys.stdout.write(
        f"{modules} modules in {folder}: {', '.join(f'{imported_as}.{one}' for one in PACKAGES)}\n"
    )
