"""The demo house: a believable coworking house, generated whole and loaded at once.

`generate` is pure: the same seed on the same day gives the same house. `load` puts it into a
PostgreSQL whose schema is at head.
"""

from adapters.postgres.bulk_load import DatabaseNotEmpty, has_data
from entrypoints.demo.demo_house import DemoHouse, DemoPlan
from entrypoints.demo.generate import generate
from entrypoints.demo.load import load
from entrypoints.demo.people import DEMO_LOG_INS, DEMO_PASSWORD, LogIn
from entrypoints.demo.progress import Progress

__all__ = [
    "DEMO_LOG_INS",
    "DEMO_PASSWORD",
    "DatabaseNotEmpty",
    "DemoHouse",
    "DemoPlan",
    "LogIn",
    "Progress",
    "generate",
    "has_data",
    "load",
]
