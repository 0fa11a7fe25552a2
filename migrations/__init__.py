"""The schema's history, and what brings a database to its head."""
