"""`make bench`: measures the service, and compares it with the limits of the machine."""
