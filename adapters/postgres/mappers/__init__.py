"""Conversion between rows and entities, one file per entity."""
