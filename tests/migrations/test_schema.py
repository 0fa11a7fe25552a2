"""The schema goes up, down and up again, and is what the tables say, however it was made."""

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

from adapters.postgres.dsn import for_sqlalchemy
from adapters.postgres.tables import metadata
from migrations import revisions, runner
from tests.databases import TestServer, named
from tests.migrations.catalog import schema_of


async def run(dsn: str, *statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_up_down_and_up_again_gives_the_same_schema_and_revision(bare: str) -> None:
    nothing = await schema_of(bare)
    assert await revisions.schema_revision(bare) is None
    await runner.upgrade(bare)
    first = await schema_of(bare)
    assert first["columns"]
    assert await revisions.schema_revision(bare) == revisions.head_revision()
    await runner.downgrade(bare)
    assert await schema_of(bare) == nothing
    assert await revisions.schema_revision(bare) is None
    await runner.upgrade(bare)
    assert await schema_of(bare) == first


async def test_going_up_when_there_already_changes_nothing(empty: str) -> None:
    first = await schema_of(empty)
    await runner.upgrade(empty)
    assert await schema_of(empty) == first


def test_the_head_is_what_alembic_takes_for_it() -> None:
    scripts = ScriptDirectory.from_config(runner.alembic_config())
    assert revisions.head_revision() == scripts.get_current_head()


async def test_a_migrated_schema_equals_that_of_the_tables(empty: str, bare: str) -> None:
    await run(bare, "CREATE EXTENSION btree_gist")
    engine = create_async_engine(for_sqlalchemy(bare))
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await engine.dispose()
    migrated = await schema_of(empty, with_functions=False)
    assert migrated == await schema_of(bare, with_functions=False)


async def test_alembic_finds_nothing_to_do_after_going_up(empty: str) -> None:
    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    engine = create_async_engine(for_sqlalchemy(empty))
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_the_printed_sql_gives_the_same_schema(empty: str, bare: str) -> None:
    await run(bare, runner.upgrade_sql())
    assert await schema_of(bare) == await schema_of(empty)
    assert await revisions.schema_revision(bare) == revisions.head_revision()


async def test_two_that_migrate_at_once_take_turns(bare: str) -> None:
    await asyncio.gather(*(runner.upgrade(bare) for _ in range(3)))
    assert await revisions.schema_revision(bare) == revisions.head_revision()


async def test_a_failed_migration_leaves_nothing(bare: str) -> None:
    # The last thing that the first revision makes is in its way.
    await run(bare, "CREATE TABLE invoices ()")
    before = await schema_of(bare)
    with pytest.raises(Exception, match="already exists"):
        await runner.upgrade(bare)
    assert await schema_of(bare) == before
    assert await revisions.schema_revision(bare) is None


async def test_a_role_that_may_make_no_extensions_can_go_up_and_down_if_it_is_there(
    server: TestServer, bare: str
) -> None:
    role = f"plain_{os.getpid()}"
    server.execute(f"CREATE ROLE {role} LOGIN")
    try:
        await run(bare, "CREATE EXTENSION btree_gist", f"GRANT CREATE ON SCHEMA public TO {role}")
        plain = named(bare, bare_name(bare), user=role)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(plain, "CREATE EXTENSION hstore")
        before = await schema_of(bare)
        await runner.upgrade(plain)
        assert await revisions.schema_revision(plain) == revisions.head_revision()
        await runner.downgrade(plain)
        assert await revisions.schema_revision(plain) is None
        assert await schema_of(bare) == before
        # What is not ours has to stay: the role could not bring it back.
        with pytest.raises(asyncpg.DuplicateObjectError):
            await run(bare, "CREATE EXTENSION btree_gist")
    finally:
        await run(bare, f"DROP OWNED BY {role}")
        server.execute(f"DROP ROLE {role}")


def bare_name(dsn: str) -> str:
    return dsn.partition("?")[0].rpartition("/")[2]
