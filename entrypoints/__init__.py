"""What starts things: the HTTP API, the command line, the settings, and the container."""
