"""Analytics: what an admin asks about a range of days."""
