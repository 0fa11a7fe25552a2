"""Revision 0002 keeps who is there and logged in, and what is ended stays ended on the way back."""

from dataclasses import replace

import asyncpg

from adapters.postgres import PostgresDatabase
from adapters.postgres.dsn import for_asyncpg
from application.ports.users import UserFilter
from domain.users import EmailAddress
from migrations.runner import downgrade, upgrade
from tests.entities import HOUR, MONDAY, a_member, a_session, a_user, given

ADA = a_user(email=EmailAddress.parse("ada@example.com"), full_name="Ada Lovelace")
MEMBER = a_member(ADA)
LOG_IN = a_session(ADA)

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
        LOG_IN.id,
        ADA.id,
        LOG_IN.token_hash,
        MONDAY,
        LOG_IN.expires_at,
    ),
}


async def test_who_is_there_stays_and_can_be_found_and_refresh(bare: str) -> None:
    await upgrade(bare, "0001")
    connection = await asyncpg.connect(for_asyncpg(bare))
    try:
        for statement, values in OLD_ROWS.items():
            await connection.execute(statement, *values)
    finally:
        await connection.close()
    await upgrade(bare)
    database = await PostgresDatabase.connect(bare, pool_size=1)
    try:
        async with database.unit_of_work() as uow:
            [account] = await uow.users.list(UserFilter(text="LOVE"), after=None, limit=2)
            found = await uow.refresh_sessions.by_token(LOG_IN.token_hash)
        signed_in = await database.log_ins.signed_in(ADA.id, LOG_IN.id, at=MONDAY)
    finally:
        await database.close()
    assert (account.user, account.member) == (ADA, MEMBER)
    assert found is not None
    assert found.session == LOG_IN
    assert signed_in is not None
    assert signed_in.session_is_live


async def test_no_log_in_that_was_ended_is_live_again_on_the_way_back(bare: str) -> None:
    ended = replace(a_session(ADA), ended_at=MONDAY + HOUR)
    called_in = replace(a_session(ADA), credentials_version=ADA.credentials_version - 1)
    await upgrade(bare)
    database = await PostgresDatabase.connect(bare, pool_size=1)
    try:
        await given(database.unit_of_work, ADA, LOG_IN, ended, called_in)
    finally:
        await database.close()
    await downgrade(bare, "0001")
    connection = await asyncpg.connect(for_asyncpg(bare))
    try:
        left = await connection.fetch("SELECT id FROM refresh_sessions")
    finally:
        await connection.close()
    assert [row["id"] for row in left] == [LOG_IN.id]
