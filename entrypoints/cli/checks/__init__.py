"""What `cowork check` examines."""
