"""`cowork admin`: accounts that an operator gives."""

import asyncio
import os
import sys
from typing import Annotated

import typer

from adapters.postgres import PostgresDatabase
from application.auth.account_factory import NewAccount
from domain.users import Account, EmailAddress, Role
from entrypoints.cli.database import DEFAULT_DATA_DIR, DataDir, database_at_head
from entrypoints.cli.errors import CommandError
from entrypoints.container import Container
from entrypoints.settings import Settings, load_settings

PASSWORD_VARIABLE = "COWORK_ADMIN_PASSWORD"  # noqa: S105 - the variable's name

admin = typer.Typer(
    help="Accounts that an operator gives.", no_args_is_help=True, add_completion=False
)


@admin.callback()
def _group() -> None:
    """Keep `create` a command of its own while it is the only one."""


@admin.command()
def create(
    email: Annotated[str, typer.Option(help="The address to log in with.")],
    full_name: Annotated[str, typer.Option(help="Whose account it is.")],
    role: Annotated[Role, typer.Option(help="What the account may do.")] = Role.SUPER_ADMIN,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Make an account of any role. The password: COWORK_ADMIN_PASSWORD, or a prompt."""
    settings = load_settings()
    if not full_name.strip() or not full_name.isprintable():
        raise CommandError("--full-name: expected one line of text.")
    new = NewAccount(
        email=EmailAddress.parse(email), password=_password(), full_name=full_name, role=role
    )
    with database_at_head(settings, data_dir) as dsn:
        account = asyncio.run(_create(dsn, settings, new))
    sys.stdout.write(f"{account.user.email} is a {account.user.role}.\n")


def _password() -> str:
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise CommandError(f"{PASSWORD_VARIABLE} is not set, and there is nobody to ask.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


async def _create(dsn: str, settings: Settings, new: NewAccount) -> Account:
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    container = Container(settings=settings, database=database)
    try:
        create_admin = container.use_cases().create_admin
        return await create_admin(new)
    finally:
        container.passwords().close()
        await database.close()
