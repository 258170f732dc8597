"""Commands of the bridge: the pipe door, how mail is read, and the doctor."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from helpdesk import clock
from helpdesk.commands import open_database, tell
from mail import doctor
from mail import receive as pipe


@click.command()
@click.option("--from", "sender", required=True, metavar="ADDR", help="Envelope sender; empty for the null reverse-path.")
@click.option("--to", "recipients", required=True, multiple=True, metavar="ADDR", help="Envelope recipient; may be repeated.")
def receive(sender: str, recipients: tuple[str, ...]) -> None:
    """Take one mail from standard input, for a local MTA.  Exit 0: durably kept; 75: try again later; 67, 69, 77: refused."""
    try:
        code = pipe.receive(open_database(schema=False), sys.stdin.buffer.read(), sender, list(recipients), now=clock.now())
    except Exception as error:  # our fault is the sender's patience, never a bounce (RFC 5321 §4.2.5)
        click.echo(f"try again later ({type(error).__name__})", err=True)
        code = os.EX_TEMPFAIL
    sys.exit(code)


@click.command()
@click.option("--json", "as_json", is_flag=True, required=True, help="One JSON object a line.")
@click.argument("paths", type=click.File("r"))
def inspect(as_json: bool, paths: Any) -> None:
    """Print how the product reads mail: file paths, one a line, from PATHS (- is standard input).  Needs no settings."""
    from mail.inspection import inspect as read_all  # no database, no settings: only what reading needs

    read_all(paths, sys.stdout)


@click.command()
def check() -> None:
    """The doctor: settings, database, disk, relay, IMAP log-in, DNS names.  Exit 1 and a line each for what is wrong."""
    database = open_database(schema=False)
    for line in doctor.notes(database):
        click.echo(f"note: {line}", err=True)
    tell(doctor.problems(database), "All is well.")
