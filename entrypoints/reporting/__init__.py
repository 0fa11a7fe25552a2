"""Reports as tables, for HTTP and the command line."""
