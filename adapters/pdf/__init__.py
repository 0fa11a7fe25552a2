"""Invoices as PDF, created with fpdf2 and the DejaVu fonts."""

from adapters.pdf.fpdf_invoice_printer import FpdfInvoicePrinter

__all__ = ["FpdfInvoicePrinter"]
