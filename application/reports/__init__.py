"""Reports for admins: occupancy, revenue and members over a range of days, and the day board."""
