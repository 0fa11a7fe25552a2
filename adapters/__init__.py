"""Implementations of the ports: one folder or module per technology, independent of each other."""
