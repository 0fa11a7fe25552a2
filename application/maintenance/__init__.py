"""Use cases that the worker runs periodically to keep the data current."""
