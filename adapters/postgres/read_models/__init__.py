"""Queries that return results other than entities: JSON lists and reports."""
