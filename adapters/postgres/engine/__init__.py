"""Connections, statements and commits. Knows no entity and imports no domain."""
