"""One file per port of the unit of work."""
