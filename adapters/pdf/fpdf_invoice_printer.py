"""FpdfInvoicePrinter: prints an invoice as a PDF in A4 format."""

from datetime import datetime, tzinfo

from fpdf import FPDF, Align, XPos, YPos

from adapters.pdf.fonts import FAMILY, add_fonts
from domain.invoices import Invoice, InvoiceStatus
from domain.money import ZERO, Money
from domain.users import Account

_MARGIN = 20.0
_WIDTH = 210 - 2 * _MARGIN
_AMOUNT_WIDTH = 40.0
_TEXT_WIDTH = _WIDTH - _AMOUNT_WIDTH
_TEXT_COLOR, _MUTED_COLOR, _RULE_COLOR = (33, 37, 41), (108, 117, 125), (206, 212, 218)
_STATUS_LABELS = {
    InvoiceStatus.DRAFT: "Draft",
    InvoiceStatus.OPEN: "Open",
    InvoiceStatus.PAID: "Paid",
    InvoiceStatus.VOID: "Void",
    InvoiceStatus.UNCOLLECTIBLE: "Uncollectible",
}


class FpdfInvoicePrinter:
    """Implements the port InvoicePrinter, with the house's name and dates in its time zone."""

    def __init__(self, house_name: str, timezone: tzinfo) -> None:
        self._house_name = house_name
        self._timezone = timezone

    def print(self, invoice: Invoice, account: Account) -> bytes:
        """Return the invoice as a PDF, addressed to the account."""
        page = _Page()
        # Not the current time: the same invoice always renders to the same bytes.
        page.set_creation_date(invoice.issued_at)
        page.set_title(f"Invoice {invoice.number or '(draft)'}")
        page.set_author(self._house_name)
        page.header_line(self._house_name)
        page.properties(
            {
                "Number": invoice.number or "none yet",
                "Date": self._day(invoice.issued_at),
                "Status": self._status_label(invoice),
            }
        )
        page.recipient(_recipient(account))
        page.line_item("Description", "Amount (USD)", style="B")
        page.rule()
        page.line_item(invoice.description, str(invoice.amount))
        page.rule()
        _add_totals(page, invoice)
        page.note(f"Invoice {invoice.id}. All amounts are US dollars.")
        return bytes(page.output())

    def _day(self, time: datetime) -> str:
        return time.astimezone(self._timezone).date().isoformat()

    def _status_label(self, invoice: Invoice) -> str:
        label = _STATUS_LABELS[invoice.status]
        return label if invoice.paid_at is None else f"{label} on {self._day(invoice.paid_at)}"


def _recipient(account: Account) -> list[str]:
    lines = [account.user.full_name, account.member.company, str(account.user.email)]
    return [line for line in lines if line]


def _add_totals(page: "_Page", invoice: Invoice) -> None:
    page.line_item("Total", str(invoice.amount), style="B")
    paid = invoice.amount if invoice.status is InvoiceStatus.PAID else ZERO
    page.line_item("Paid", str(paid))
    if invoice.refunded > ZERO:
        page.line_item("Refunded", _negative(invoice.refunded))
    if invoice.status in {InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE}:
        page.rule()
        page.line_item("Amount due", str(invoice.amount), style="B")


def _negative(amount: Money) -> str:
    return f"\N{MINUS SIGN}{amount}"


class _Page(FPDF):
    """A page in A4 format, with the layout of each part of an invoice."""

    def __init__(self) -> None:
        super().__init__(unit="mm", format="A4")
        add_fonts(self)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_draw_color(*_RULE_COLOR)
        self.add_page()

    def header_line(self, house_name: str) -> None:
        """Write the issuer's name and the document type."""
        self._write(house_name, size=20, style="B", width=_WIDTH / 2, keep_line=True)
        self._write("INVOICE", size=20, width=_WIDTH / 2, align=Align.R, color=_MUTED_COLOR)
        self.ln(3)
        self.rule()
        self.ln(4)

    def properties(self, values: dict[str, str]) -> None:
        """Write a table of names and values."""
        for name, value in values.items():
            self._write(name, width=30, color=_MUTED_COLOR, keep_line=True)
            self._write(value, width=_WIDTH - 30)
        self.ln(6)

    def recipient(self, lines: list[str]) -> None:
        """Write the lines of the recipient, the first in bold."""
        self._write("Invoice to", color=_MUTED_COLOR)
        for index, line in enumerate(lines):
            self._write(line, style="" if index else "B")
        self.ln(10)

    def line_item(self, text: str, amount: str, *, style: str = "") -> None:
        """Write a line item: a text on the left, wrapped if needed, and an amount on the right."""
        top = self.get_y()
        self._write(text, style=style, width=_TEXT_WIDTH)
        bottom = self.get_y()
        self.set_xy(_MARGIN + _TEXT_WIDTH, top)
        self._write(amount, style=style, width=_AMOUNT_WIDTH, align=Align.R)
        self.set_y(max(bottom, self.get_y()))

    def rule(self) -> None:
        """Draw a horizontal rule below the current line."""
        y = self.get_y() + 1.5
        self.line_across(y)
        self.set_y(y + 1.5)

    def line_across(self, y: float) -> None:
        """Draw a hairline over the full width at height `y` (mm)."""
        self.line(_MARGIN, y, _MARGIN + _WIDTH, y)

    def note(self, text: str) -> None:
        """Write a note in small print."""
        self.ln(12)
        self._write(text, size=8, color=_MUTED_COLOR)

    def _write(
        self,
        text: str,
        *,
        size: float = 10,
        style: str = "",
        width: float = _WIDTH,
        align: Align = Align.L,
        color: tuple[int, int, int] = _TEXT_COLOR,
        keep_line: bool = False,
    ) -> None:
        self.set_font(FAMILY, style, size)
        self.set_text_color(*color)
        self.multi_cell(
            width,
            size * 0.6,
            text,
            align=align,
            new_x=XPos.RIGHT if keep_line else XPos.LMARGIN,
            new_y=YPos.TOP if keep_line else YPos.NEXT,
        )
