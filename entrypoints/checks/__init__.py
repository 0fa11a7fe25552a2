"""What `cowork check` looks at."""
