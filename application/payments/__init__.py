"""Money: checkouts, what Stripe tells of them, refunds, invoices, and the ledger."""
