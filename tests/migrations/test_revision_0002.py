"""Revision 0002 preserves users and sessions; a downgrade does not reactivate ended sessions."""

from dataclasses import replace

import asyncpg

from adapters.postgres import PostgresDatabase
from adapters.postgres.engine.dsn import for_asyncpg
from application.ports.users import UserFilter
from domain.users import EmailAddress
from migrations.runner import downgrade, upgrade
from tests.entities import HOUR, MONDAY, a_member, a_session, a_user, given

ADA = a_user(email=EmailAddress.parse("ada@example.com"), full_name="Ada Lovelace")
MEMBER = a_member(ADA)
SESSION = a_session(ADA)

OLD_ROWS = {
    "INSERT INTO users VALUES ($1, $2, $3, $4, 'MEMBER', true, 'en', true, 1, $5, $5)": (
        ADA.id,
        ADA.email.value,
        ADA.password_hash,
        ADA.full_name,
        MONDAY,
    ),
    "INSERT INTO members VALUES ($1, $2, NULL, NULL, NULL, 1, $3, $3)": (
        MEMBER.id,
        ADA.id,
        MONDAY,
    ),
    "INSERT INTO refresh_sessions VALUES ($1, $2, $3, NULL, NULL, $4, $4, $5)": (
        SESSION.id,
        ADA.id,
        SESSION.token_hash,
        MONDAY,
        SESSION.expires_at,
    ),
}


async def test_existing_users_can_be_found_and_existing_sessions_stay_active(bare_dsn: str) -> None:
    await upgrade(bare_dsn, "0001")
    connection = await asyncpg.connect(for_asyncpg(bare_dsn))
    try:
        for statement, values in OLD_ROWS.items():
            await connection.execute(statement, *values)
    finally:
        await connection.close()
    await upgrade(bare_dsn)
    database = await PostgresDatabase.connect(bare_dsn, pool_size=1)
    try:
        async with database.unit_of_work() as uow:
            [account] = await uow.users.list(UserFilter(text="LOVE"), after=None, limit=2)
            match = await uow.refresh_sessions.by_token(SESSION.token_hash)
        signed_in = await database.session_lookup.get(ADA.id, SESSION.id, at=MONDAY)
    finally:
        await database.close()
    assert (account.user, account.member) == (ADA, MEMBER)
    assert match is not None
    assert match.session == SESSION
    assert signed_in is not None
    assert signed_in.session_is_active


async def test_a_downgrade_deletes_ended_and_revoked_sessions(bare_dsn: str) -> None:
    ended = replace(a_session(ADA), ended_at=MONDAY + HOUR)
    revoked = replace(a_session(ADA), credentials_version=ADA.credentials_version - 1)
    await upgrade(bare_dsn)
    database = await PostgresDatabase.connect(bare_dsn, pool_size=1)
    try:
        await given(database.unit_of_work, ADA, SESSION, ended, revoked)
    finally:
        await database.close()
    await downgrade(bare_dsn, "0001")
    connection = await asyncpg.connect(for_asyncpg(bare_dsn))
    try:
        rows = await connection.fetch("SELECT id FROM refresh_sessions")
    finally:
        await connection.close()
    assert [row["id"] for row in rows] == [SESSION.id]
