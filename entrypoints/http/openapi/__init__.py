"""The OpenAPI document: its configuration, what is added to Litestar's, error codes, examples."""
