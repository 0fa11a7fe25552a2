"""PostgreSQL: tables, statements and units of work on asyncpg."""

from adapters.postgres.database import PostgresDatabase
from adapters.postgres.external_transaction import units_of_work_in_transaction
from adapters.postgres.unit_of_work import PostgresUnitOfWork

__all__ = ["PostgresDatabase", "PostgresUnitOfWork", "units_of_work_in_transaction"]
