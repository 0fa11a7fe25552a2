"""The PDF of an invoice contains the data of the invoice."""

from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pypdf import PdfReader

from adapters.pdf import FpdfInvoicePrinter
from domain.invoices import Invoice, InvoiceStatus
from domain.money import Money
from domain.users import Account
from tests.entities import MONDAY, a_booking, a_member, a_space, a_user, an_invoice, hours

PRINTER = FpdfInvoicePrinter("cowork", ZoneInfo("Asia/Tokyo"))


def issued(**changes: Any) -> Invoice:
    """Return an issued invoice of 40 dollars, paid by default."""
    paid: dict[str, Any] = {"status": InvoiceStatus.PAID, "paid_at": MONDAY, "issued_at": MONDAY}
    facts: dict[str, Any] = {
        "amount": Money(4000),
        "number": "2026-000123",
        "description": "Harbour room",
    }
    return an_invoice(a_booking(a_user(), a_space(), hours(9, 13)), **(paid | facts | changes))


def printed(invoice: Invoice, *, name: str = "Ada Example", company: str | None = None) -> str:
    user = a_user(full_name=name)
    account = Account(user, a_member(user, company=company))
    pages = PdfReader(BytesIO(PRINTER.print(invoice, account))).pages
    assert len(pages) == 1
    return pages[0].extract_text()


def test_it_shows_seller_number_recipient_line_and_total() -> None:
    text = printed(issued(), company="Analytical Engines")
    for part in ("cowork", "2026-000123", "Ada Example", "Analytical Engines", "Harbour room"):
        assert part in text
    assert text.count("40.00") == 3  # The line, the total, and the amount paid.


def test_its_dates_are_in_local_time() -> None:
    late = MONDAY.replace(hour=20)  # 05:00 of the next day in Tokyo.
    assert "Paid on 2026-03-03" in printed(issued(paid_at=late))


def test_names_in_other_alphabets_are_readable() -> None:
    for name in ("Şule Öğüt-Çiçek", "Ευγενία Παπαδοπούλου", "Łukasz Żółć", "Юлия Ёлкина"):
        assert name in printed(issued(), name=name)


def test_the_refunded_amount_is_shown() -> None:
    assert "\N{MINUS SIGN}15.00" in printed(issued(refunded=Money(1500)))
    assert "Refunded" not in printed(issued())


def test_an_open_invoice_shows_the_amount_due() -> None:
    text = printed(issued(status=InvoiceStatus.OPEN, paid_at=None))
    assert "Amount due" in text
    assert "Open" in text


def test_the_same_invoice_results_in_the_same_bytes() -> None:
    user = a_user()
    invoice, account = issued(), Account(user, a_member(user))
    assert PRINTER.print(invoice, account) == PRINTER.print(invoice, account)


def test_a_long_line_or_an_unusual_name_is_printed() -> None:
    name = "名前 \N{GRINNING FACE} " + "x" * 150
    assert "word" in printed(issued(description="word " * 80), name=name)


@pytest.mark.parametrize(
    "text",
    [
        ") Tj ET Q (forged) Tj",
        "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
        "**bold** __line__ --strike-- [link](https://evil.example)",
        '<b>bold</b><a href="https://evil.example">x</a>',
        "endstream endobj 1 0 obj",
        "\\) Tj \\",
    ],
)
def test_a_text_is_printed_and_never_interpreted(text: str) -> None:
    user = a_user(full_name=text)
    account = Account(user, a_member(user, company=text))
    reader = PdfReader(BytesIO(PRINTER.print(issued(description=text), account)))
    assert len(reader.pages) == 1
    shown = " ".join(reader.pages[0].extract_text().split())
    assert shown.count(text) == 3
    assert "/Annots" not in reader.pages[0]
    assert not {"/AA", "/Names", "/AcroForm"} & reader.root_object.keys()
    # Where to look first; what is done would be a dictionary.
    assert isinstance(reader.root_object["/OpenAction"], list)


def test_a_text_with_line_breaks_is_printed() -> None:
    for text in ("Ada\nTotal 0.00", "Ada\r\nPaid on 2026-01-01", "A\0da\x1b[31m"):
        printed(issued(description=text), name=text, company=text)
