"""Commands that need the database and nothing else: `init`, `token`, `fsck`; and how any command opens it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from helpdesk import clock, db
from helpdesk.actions import agents, api_tokens, desks, mailboxes
from helpdesk.actions.desks import NotUsable
from helpdesk.queries import books, people
from helpdesk.settings import SettingsError, from_env

ENV_FILE = Path(__file__).parents[1] / ".env"  # beside the checkout


def open_database(*, schema: bool = True) -> db.Database:
    """The database of this installation.  Ends the command where settings make no sense or the `schema` is of another version."""
    try:
        database = db.Database(from_env(ENV_FILE))
    except SettingsError as error:
        for line in str(error).splitlines():
            click.echo(line, err=True)
        sys.exit(os.EX_CONFIG)
    if schema and not db.is_current(database):
        raise click.ClickException("the database is not of this version; run: holdline init --admin EMAIL")
    return database


def tell(problems: list[str], all_well: str) -> None:
    """Say what is wrong, a line each, and end the command with 1; or that nothing is."""
    for line in problems:
        click.echo(line)
    if problems:
        sys.exit(1)
    click.echo(all_well)


@click.command()
@click.option("--admin", required=True, metavar="EMAIL", help="The first admin; made if there is none of that name.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
def init(admin: str, password_stdin: bool) -> None:
    """Create or upgrade the database and the first admin.  May be run again."""
    database = open_database(schema=False)
    db.upgrade(database)
    with database.transaction() as session:
        now = clock.now()
        desks.sync_from_settings(session, now=now)
        mailboxes.sync_from_settings(session, now=now)
        try:
            agent = people.agent_by_email(session, admin) or agents.create(session, admin, "", role="admin", now=now)
            if password_stdin:
                agents.set_password(session, agent, sys.stdin.readline().rstrip("\r\n"), now=now)
            elif agent.password_hash is None and sys.stdin.isatty():
                agents.set_password(session, agent, click.prompt("Password", hide_input=True, confirmation_prompt=True), now=now)
            elif agent.password_hash is None:
                agents.invite(session, agent, by=None, now=now)
                click.echo(f"An invitation for {agent.email} lies in the outbox.")
        except NotUsable as error:
            raise click.ClickException(str(error)) from None
    click.echo("Ready: holdline serve")


@click.group()
def token() -> None:
    """API tokens."""


@token.command(name="create")
@click.option("--agent", "email", required=True, metavar="EMAIL")
def token_create(email: str) -> None:
    """Print a new API token of this agent, once, and nothing else."""
    with open_database().transaction() as session:
        agent = people.agent_by_email(session, email)
        if agent is None or not agent.active:
            raise click.ClickException(f"there is no active agent {email}")
        click.echo(api_tokens.create(session, agent, now=clock.now()))


@click.command()
def fsck() -> None:
    """Conservation law, digests of all blobs, outbox, addresses.  Exit 1 and a line each for what is wrong."""
    database = open_database()
    with database.reading() as session:
        tell([*db.schema_differences(database), *books.problems(session)], "The books agree.")
