"""The fonts of documents: DejaVu Sans 2.35, with accented Latin, Greek and Cyrillic letters."""

from pathlib import Path

from fpdf import FPDF

FAMILY = "DejaVu"
_FILES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
_FOLDER = Path(__file__).with_name("dejavu")


def add_fonts(document: FPDF) -> None:
    """Add the family to a document, which then embeds only the letters it uses."""
    for style, name in _FILES.items():
        document.add_font(FAMILY, style, _FOLDER / name)
