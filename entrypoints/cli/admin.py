"""`cowork admin`: administrator accounts."""

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

admin = typer.Typer(no_args_is_help=True, add_completion=False)


@admin.callback()
def group() -> None:
    """Manage administrator accounts."""


@admin.command()
def create(
    email: Annotated[str, typer.Option(help="E-mail address to log in with.")],
    full_name: Annotated[str, typer.Option(help="Full name.")],
    role: Annotated[Role, typer.Option(help="Role of the account.")] = Role.SUPER_ADMIN,
    data_dir: DataDir = DEFAULT_DATA_DIR,
) -> None:
    """Create an account of any role. Reads the password from COWORK_ADMIN_PASSWORD or a prompt."""
    settings = load_settings()
    if not full_name.strip() or not full_name.isprintable():
        raise CommandError("--full-name: expected one line of text.")
    new_account = NewAccount(
        email=EmailAddress.parse(email), password=_password(), full_name=full_name, role=role
    )
    with database_at_head(settings, data_dir) as dsn:
        account = asyncio.run(_create(dsn, settings, new_account))
    sys.stdout.write(f"{account.user.email} is a {account.user.role}.\n")


def _password() -> str:
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is not None:
        return password
    if not sys.stdin.isatty():
        raise CommandError(f"{PASSWORD_VARIABLE} is not set, and stdin is not a terminal.")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))


async def _create(dsn: str, settings: Settings, new_account: NewAccount) -> Account:
    database = await PostgresDatabase.connect(dsn, pool_size=1)
    container = Container(settings=settings, database=database)
    try:
        return await container.use_cases().create_admin(new_account)
    finally:
        container.passwords().close()
        await database.close()
