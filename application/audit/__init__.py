"""The audit log: recording entries and searching them."""
