"""Demo data: a realistic coworking house, generated as a whole and loaded at once.

`generate` is pure: the same plan on the same day returns the same data. `load` writes it to a
PostgreSQL database whose schema is at head.
"""

from adapters.postgres.bulk_load import DatabaseNotEmpty, has_data
from entrypoints.demo_data.dataset import DemoData
from entrypoints.demo_data.generate import generate
from entrypoints.demo_data.load import load
from entrypoints.demo_data.people import DEMO_ACCOUNTS, DEMO_PASSWORD, DemoAccount
from entrypoints.demo_data.plan import DemoPlan
from entrypoints.demo_data.progress import ProgressCallback

__all__ = [
    "DEMO_ACCOUNTS",
    "DEMO_PASSWORD",
    "DatabaseNotEmpty",
    "DemoAccount",
    "DemoData",
    "DemoPlan",
    "ProgressCallback",
    "generate",
    "has_data",
    "load",
]
