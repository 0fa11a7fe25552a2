"""What each API resource does: one module per kind of Stripe object."""
