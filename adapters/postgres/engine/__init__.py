"""Connections, statements and commits; knows no entity."""
