"""PostgreSQL: tables, statements and units of work on asyncpg."""

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.unit_of_work import PostgresUnitOfWork
from adapters.postgres.within import units_of_work_within

__all__ = ["PostgresDatabase", "PostgresUnitOfWork", "units_of_work_within"]
