"""What the service counts and measures for Prometheus, and how it tells."""
