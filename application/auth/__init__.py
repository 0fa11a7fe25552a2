"""Accounts, sessions, passwords and authentication."""
