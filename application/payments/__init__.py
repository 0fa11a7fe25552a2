"""Payments: checkouts and their updates, refunds, invoices, and the ledger."""
