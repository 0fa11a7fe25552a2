"""The rules of a coworking house: entities, values, prices, conflicts.

Pure and synchronous. Nothing here reads a clock, does I/O, or imports anything but the standard
library.
"""
