"""The `cowork` command: what an operator types."""
