"""The ports: one Protocol a file, each telling what an adapter has to promise."""
