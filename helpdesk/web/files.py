"""Bytes from outside: attachments and raw mail.  Nothing of it is ever part of our pages (C16, W2)."""

from __future__ import annotations

from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template
from flask.typing import ResponseReturnValue

from helpdesk import blobs, clock
from helpdesk.actions import files
from helpdesk.models import Attachment, Entry, InboundMail
from helpdesk.policies.files import clean_name, may_be_saved, raster_type
from helpdesk.queries import cases as find
from helpdesk.queries import files as find_files
from helpdesk.queries import post as find_post
from helpdesk.queries.secrets import hides_mail, is_masked
from helpdesk.web.access import agent, demand, needs, session
from helpdesk.web.errors import Damaged
from helpdesk.web.language import gettext as _
from helpdesk.web.pages import done

bp = Blueprint("files", __name__)

SANDBOX = "default-src 'none'; sandbox"
_NUMBER = "int(max=2147483647)"


@bp.get(f"/files/<{_NUMBER}:attachment_id>/<path:name>")
@needs("case.read")
def attachment(attachment_id: int, name: str) -> Response:
    """An attachment, to be saved; a picture that is one by its bytes may be looked at.  `name` is only for the eye."""
    found = session().get(Attachment, attachment_id)
    if found is None:
        abort(404)
    entry = the_entry(found.entry_id)
    if is_masked(session(), entry, agent()):
        abort(404)
    if not handed_out(found):
        return Response(render_template("files/held.html", file=found, entry=entry), 403)
    content = content_of(found.sha256)
    picture = raster_type(content)
    return _bytes(content, found.name, picture or "application/octet-stream", inline=picture is not None)


@bp.post(f"/files/<{_NUMBER}:attachment_id>/release")
@needs("file.release")
def release(attachment_id: int) -> ResponseReturnValue:
    """Let a file that a scanner holds back be saved all the same."""
    found = session().get(Attachment, attachment_id, with_for_update=True) or abort(404)
    entry = the_entry(found.entry_id)
    files.release(session(), found, agent=agent(), now=clock.now())
    return done(_("%(name)s can be saved now.", name=found.name), f"/cases/{entry.case_number}")


@bp.get(f"/mail/<{_NUMBER}:mail_id>/raw")
@needs("mail.read")
def raw(mail_id: int) -> Response:
    """A mail exactly as it came, as text."""
    mail = _mail(mail_id)
    return _bytes(content_of(mail.sha256), f"mail-{mail.id}.txt", "text/plain; charset=utf-8", inline=True)


@bp.get(f"/mail/<{_NUMBER}:mail_id>/raw.eml")
@needs("mail.read")
def eml(mail_id: int) -> Response:
    """A mail exactly as it came, to be saved."""
    mail = _mail(mail_id)
    held = next((file for file in find_files.of_mail(session(), mail_id) if not handed_out(file)), None)
    if held is not None:
        return Response(render_template("files/held.html", file=held, entry=the_entry(held.entry_id)), 403)
    return _bytes(content_of(mail.sha256), f"mail-{mail.id}.eml", "message/rfc822", inline=False)


def the_entry(entry_id: int) -> Entry:
    """The entry, or 404 where its case is not for this reader."""
    entry = session().get(Entry, entry_id)
    if entry is None or find.by_number(session(), entry.case_number, agent()) is None:
        abort(404)
    return entry


def handed_out(file: Attachment) -> bool:
    """Whether a reader gets this file."""
    return may_be_saved(file.scan, released=file.released_by_id is not None)


def _mail(mail_id: int) -> InboundMail:
    """The mail, or 404 where it lies in a case, or came to an address, that is not for this reader."""
    mail = find_post.mail(session(), mail_id, agent())
    if mail is None or hides_mail(session(), mail_id, agent()):
        abort(404)
    demand("mail.read", mail)
    return mail


def content_of(sha256: str) -> bytes:
    try:
        return blobs.read(session(), sha256)
    except KeyError:
        abort(404)
    except blobs.Damaged:
        raise Damaged from None


def _bytes(content: bytes, name: str, media_type: str, *, inline: bool) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Content-Disposition"] = disposition("inline" if inline else "attachment", clean_name(name))
    return response


def disposition(kind: str, name: str) -> str:
    """RFC 6266: a plain name for old readers, and where it has other letters the true one in UTF-8 (RFC 8187)."""
    plain = name.encode("ascii", "replace").decode().replace("?", "_").replace("%", "_")
    header = f'{kind}; filename="{plain}"'  # a cleaned name has neither quotes nor backslashes
    return header if plain == name else f"{header}; filename*=UTF-8''{quote(name, safe='')}"
