"""Spaces: find them, get their availability, create, change and delete them."""
