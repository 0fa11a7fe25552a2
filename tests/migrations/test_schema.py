"""The schema can be upgraded and downgraded, and equals the metadata however it is created."""

import asyncio
import os
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from adapters.postgres.engine.dsn import for_sqlalchemy
from adapters.postgres.schema.tables import metadata
from migrations import revisions, runner
from tests.databases import TestServer, named
from tests.migrations.catalog import read_schema


async def execute(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_upgrade_downgrade_and_upgrade_give_the_same_schema_and_revision(
    bare_dsn: str,
) -> None:
    empty_schema = await read_schema(bare_dsn)
    assert await revisions.schema_revision(bare_dsn) is None
    await runner.upgrade(bare_dsn)
    first = await read_schema(bare_dsn)
    assert first["columns"]
    assert await revisions.schema_revision(bare_dsn) == revisions.head_revision()
    await runner.downgrade(bare_dsn)
    assert await read_schema(bare_dsn) == empty_schema
    assert await revisions.schema_revision(bare_dsn) is None
    await runner.upgrade(bare_dsn)
    assert await read_schema(bare_dsn) == first


async def test_upgrading_at_head_changes_nothing(migrated_dsn: str) -> None:
    first = await read_schema(migrated_dsn)
    await runner.upgrade(migrated_dsn)
    assert await read_schema(migrated_dsn) == first


def test_the_head_equals_alembics_head() -> None:
    scripts = ScriptDirectory.from_config(runner.alembic_config())
    assert revisions.head_revision() == scripts.get_current_head()


async def test_a_migrated_schema_equals_the_metadata(migrated_dsn: str, bare_dsn: str) -> None:
    await execute(bare_dsn, "CREATE EXTENSION btree_gist")
    engine = create_async_engine(for_sqlalchemy(bare_dsn))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    migrated = await read_schema(migrated_dsn, with_functions=False)
    assert migrated == await read_schema(bare_dsn, with_functions=False)


async def test_alembic_finds_no_difference_after_an_upgrade(migrated_dsn: str) -> None:
    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    engine = create_async_engine(for_sqlalchemy(migrated_dsn))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_the_printed_sql_gives_the_same_schema(migrated_dsn: str, bare_dsn: str) -> None:
    await execute(bare_dsn, runner.upgrade_sql())
    assert await read_schema(bare_dsn) == await read_schema(migrated_dsn)
    assert await revisions.schema_revision(bare_dsn) == revisions.head_revision()


async def test_concurrent_migrations_run_one_by_one(bare_dsn: str) -> None:
    await asyncio.gather(*(runner.upgrade(bare_dsn) for _ in range(3)))
    assert await revisions.schema_revision(bare_dsn) == revisions.head_revision()


async def test_a_failed_migration_is_rolled_back(bare_dsn: str) -> None:
    # It conflicts with the last table that the first revision creates.
    await execute(bare_dsn, "CREATE TABLE invoices ()")
    before = await read_schema(bare_dsn)
    with pytest.raises(Exception, match="already exists"):
        await runner.upgrade(bare_dsn)
    assert await read_schema(bare_dsn) == before
    assert await revisions.schema_revision(bare_dsn) is None


async def test_a_role_without_the_right_to_create_extensions_can_migrate_if_the_extension_exists(
    server: TestServer, bare_dsn: str
) -> None:
    role = f"plain_{os.getpid()}"
    server.execute(f"CREATE ROLE {role} LOGIN")
    try:
        await execute(
            bare_dsn, "CREATE EXTENSION btree_gist", f"GRANT CREATE ON SCHEMA public TO {role}"
        )
        plain_dsn = named(bare_dsn, database_name(bare_dsn), user=role)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await execute(plain_dsn, "CREATE EXTENSION hstore")
        before = await read_schema(bare_dsn)
        await runner.upgrade(plain_dsn)
        assert await revisions.schema_revision(plain_dsn) == revisions.head_revision()
        await runner.downgrade(plain_dsn)
        assert await revisions.schema_revision(plain_dsn) is None
        assert await read_schema(bare_dsn) == before
        # The downgrade must keep the extension: the role could not create it again.
        with pytest.raises(asyncpg.DuplicateObjectError):
            await execute(bare_dsn, "CREATE EXTENSION btree_gist")
    finally:
        await execute(bare_dsn, f"DROP OWNED BY {role}")
        server.execute(f"DROP ROLE {role}")


def database_name(dsn: str) -> str:
    return dsn.partition("?")[0].rpartition("/")[2]
