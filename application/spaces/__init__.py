"""What can be booked: finding spaces, seeing when they are free, running them."""
