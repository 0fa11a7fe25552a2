"""Tables and constraint names."""
