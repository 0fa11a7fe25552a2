"""The hosted pages: Checkout and the customer portal."""
