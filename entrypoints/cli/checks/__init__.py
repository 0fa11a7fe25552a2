"""The checks of `cowork check`."""
