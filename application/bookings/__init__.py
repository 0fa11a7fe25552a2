"""Bookings: create, quote, find, change, cancel, confirm, check in and check out."""
