"""`make bench`: how fast the service is, and how close to what the machine can do."""
