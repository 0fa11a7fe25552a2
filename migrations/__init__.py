"""The migrations of the database schema, and their runner."""
