"""Request and response bodies, one module for each part of the API."""
