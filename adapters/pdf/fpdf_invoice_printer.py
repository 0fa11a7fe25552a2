"""FpdfInvoicePrinter: an invoice on one page of A4."""

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
_INK, _PALE, _RULE = (33, 37, 41), (108, 117, 125), (206, 212, 218)
_STATES = {
    InvoiceStatus.DRAFT: "Draft",
    InvoiceStatus.OPEN: "Open",
    InvoiceStatus.PAID: "Paid",
    InvoiceStatus.VOID: "Void",
    InvoiceStatus.UNCOLLECTIBLE: "Uncollectible",
}


class FpdfInvoicePrinter:
    """Prints under the name of the house, with dates in its time zone."""

    def __init__(self, house_name: str, timezone: tzinfo) -> None:
        self._house_name = house_name
        self._timezone = timezone

    def print(self, invoice: Invoice, account: Account) -> bytes:
        """The invoice as PDF, made out to that account."""
        page = _Page()
        # Not the time of printing: the same invoice is the same document.
        page.set_creation_date(invoice.issued_at)
        page.set_title(f"Invoice {invoice.number or '(draft)'}")
        page.set_author(self._house_name)
        page.head(self._house_name)
        page.facts(
            {
                "Number": invoice.number or "none yet",
                "Date": self._day(invoice.issued_at),
                "Status": self._state(invoice),
            }
        )
        page.recipient(_recipient(account))
        page.entry("Description", "Amount (USD)", style="B")
        page.rule()
        page.entry(invoice.description, str(invoice.amount))
        page.rule()
        _add_sums(page, invoice)
        page.note(f"Invoice {invoice.id}. All amounts are US dollars.")
        return bytes(page.output())

    def _day(self, time: datetime) -> str:
        return time.astimezone(self._timezone).date().isoformat()

    def _state(self, invoice: Invoice) -> str:
        state = _STATES[invoice.status]
        return state if invoice.paid_at is None else f"{state} on {self._day(invoice.paid_at)}"


def _recipient(account: Account) -> list[str]:
    lines = [account.user.full_name, account.member.company, str(account.user.email)]
    return [line for line in lines if line]


def _add_sums(page: "_Page", invoice: Invoice) -> None:
    page.entry("Total", str(invoice.amount), style="B")
    paid = invoice.amount if invoice.status is InvoiceStatus.PAID else ZERO
    page.entry("Paid", str(paid))
    if invoice.refunded > ZERO:
        page.entry("Refunded", _negative(invoice.refunded))
    if invoice.status in {InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE}:
        page.rule()
        page.entry("Amount due", str(invoice.amount), style="B")


def _negative(amount: Money) -> str:
    return f"\N{MINUS SIGN}{amount}"


class _Page(FPDF):
    """One page of A4, and how each part of an invoice stands on it."""

    def __init__(self) -> None:
        super().__init__(unit="mm", format="A4")
        add_fonts(self)
        self.set_margin(_MARGIN)
        self.set_auto_page_break(auto=True, margin=_MARGIN)
        self.set_draw_color(*_RULE)
        self.add_page()

    def head(self, house_name: str) -> None:
        """Whose invoice it is, and what kind of paper."""
        self._write(house_name, size=20, style="B", width=_WIDTH / 2, stays=True)
        self._write("INVOICE", size=20, width=_WIDTH / 2, align=Align.R, color=_PALE)
        self.ln(3)
        self.rule()
        self.ln(4)

    def facts(self, named: dict[str, str]) -> None:
        """A small table: what is said, and how it is called."""
        for name, fact in named.items():
            self._write(name, width=30, color=_PALE, stays=True)
            self._write(fact, width=_WIDTH - 30)
        self.ln(6)

    def recipient(self, lines: list[str]) -> None:
        """Who is to pay, or has paid."""
        self._write("Invoice to", color=_PALE)
        for index, line in enumerate(lines):
            self._write(line, style="" if index else "B")
        self.ln(10)

    def entry(self, text: str, amount: str, *, style: str = "") -> None:
        """Something on the left, which may be long, and its amount on the right."""
        top = self.get_y()
        self._write(text, style=style, width=_TEXT_WIDTH)
        bottom = self.get_y()
        self.set_xy(_MARGIN + _TEXT_WIDTH, top)
        self._write(amount, style=style, width=_AMOUNT_WIDTH, align=Align.R)
        self.set_y(max(bottom, self.get_y()))

    def rule(self) -> None:
        """A line across."""
        y = self.get_y() + 1.5
        self.line_across(y)
        self.set_y(y + 1.5)

    def line_across(self, y: float) -> None:
        """A hairline at that height."""
        self.line(_MARGIN, y, _MARGIN + _WIDTH, y)

    def note(self, text: str) -> None:
        """What only somebody who looks for it needs to read."""
        self.ln(12)
        self._write(text, size=8, color=_PALE)

    def _write(
        self,
        text: str,
        *,
        size: float = 10,
        style: str = "",
        width: float = _WIDTH,
        align: Align = Align.L,
        color: tuple[int, int, int] = _INK,
        stays: bool = False,
    ) -> None:
        self.set_font(FAMILY, style, size)
        self.set_text_color(*color)
        self.multi_cell(
            width,
            size * 0.6,
            text,
            align=align,
            new_x=XPos.RIGHT if stays else XPos.LMARGIN,
            new_y=YPos.TOP if stays else YPos.NEXT,
        )
