"""The background worker: periodic tasks and the loop that runs them."""
