"""The fonts of documents: DejaVu Sans, which has Latin, Greek and Cyrillic letters with accents.

matplotlib, which draws the reports' pictures, brings it along; it is not imported for that.
"""

from importlib.util import find_spec
from pathlib import Path

from fpdf import FPDF

FAMILY = "DejaVu"
_FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}


def add_fonts(document: FPDF) -> None:
    """Make the family known to a document, which then takes only the letters that it uses."""
    for style, name in _FILES.items():
        document.add_font(FAMILY, style, _folder() / name)


def _folder() -> Path:
    package = find_spec("matplotlib")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("Invoices need the fonts of matplotlib: cowork-api[pdf].")
    return Path(package.origin).parent / "mpl-data" / "fonts" / "ttf"
