"""What every use case shares: callers, permissions, paging, retries."""
