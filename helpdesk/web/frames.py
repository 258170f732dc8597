"""The HTML of a mail in a frame without rights, and what may come of it: pictures on the reader's word, a warning before a link (C1–C4)."""

from __future__ import annotations

import base64
import hmac
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, current_app, render_template, request
from sqlalchemy import select

from helpdesk.db import house
from helpdesk.models import Attachment, Entry
from helpdesk.policies.files import raster_type
from helpdesk.policies.links import target
from helpdesk.present.frame import Look, frame, remote_pictures
from helpdesk.queries.secrets import is_masked
from helpdesk.remote import Fetcher
from helpdesk.web import language, pages
from helpdesk.web.access import agent, needs, only_reads, session
from helpdesk.web.cookies import cookies
from helpdesk.web.files import content_of, handed_out, the_entry
from helpdesk.web.language import gettext as _

bp = Blueprint("frames", __name__)

FRAME_POLICY = (
    "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
MOST_INLINE = 8 * 1024 * 1024  # bytes of pictures in one frame
MOST_PICTURES = 100  # that are fetched for one mail

_NUMBER = "int(max=2147483647)"


@bp.get(f"/entries/<{_NUMBER}:entry_id>/html")
@needs("case.read")
def html(entry_id: int) -> Response:
    """The HTML of a mail, sanitised when it came, as a document of its own for a sandboxed frame."""
    entry, words = _laid_out(entry_id)
    return _document(words, _enclosed(entry), {})


@bp.post(f"/entries/<{_NUMBER}:entry_id>/html")
@only_reads
@needs("case.read")
def html_with_pictures(entry_id: int) -> Response:
    """The same, with its pictures from other servers: fetched by us, now, and kept nowhere.

    They come within the document, so no address of ours leads to a picture of theirs, and none could be passed on or replayed.
    """
    entry, words = _laid_out(entry_id)
    if house(session()).settings.remote_images == "never":
        abort(404)
    fetcher: Fetcher = current_app.extensions["holdline"].pictures or Fetcher()
    fetched = fetcher.all(remote_pictures(words)[:MOST_PICTURES], most_bytes=MOST_INLINE)
    return _document(words, _enclosed(entry), {url: _as_url(picture) for url, picture in fetched.items()})


@bp.get("/away")
@needs("case.read")
def away() -> str:
    """Say where a link that looks like another really leads, before anybody goes there.  Only addresses that we signed are shown."""
    address, mark = request.args.get("to", ""), request.args.get("by", "")
    there = target(address)
    if there is None or not hmac.compare_digest(_signed(address).encode(), mark.encode()):
        abort(404)
    return render_template("cases/away.html", address=address, host=there.host)


def _laid_out(entry_id: int) -> tuple[Entry, str]:
    """The entry and its HTML, or 404."""
    entry = the_entry(entry_id)
    if entry.kind != "mail-in" or entry.html is None or is_masked(session(), entry, agent()):
        abort(404)
    return entry, entry.html


def _document(words: str, enclosed: dict[str, str], fetched: dict[str, str]) -> Response:
    look = Look(
        pictures=enclosed,
        fetched=fetched,
        goes_to=lambda host: _("goes to %(host)s", host=host),
        away=lambda address: f"/away?{urlencode({'to': address, 'by': _signed(address)})}",
        language=language.current(),
        theme=pages.theme(cookies()),
    )
    response = Response(frame(words, look), mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response


def _signed(address: str) -> str:
    return house(session()).keys.digest("link", address)


def _enclosed(entry: Entry) -> dict[str, str]:
    """Content id → data: URL of the pictures that the mail brought along.  A frame without an origin sends no cookie for others."""
    pictures: dict[str, str] = {}
    left = MOST_INLINE
    query = select(Attachment).where(Attachment.entry_id == entry.id, Attachment.content_id.is_not(None))
    for part in session().scalars(query.order_by(Attachment.id)):
        if part.size > left or part.content_id is None or not handed_out(part):
            continue
        content = content_of(part.sha256)
        if raster_type(content) is not None:
            pictures[part.content_id.strip("<>")] = _as_url(content)
            left -= part.size
    return pictures


def _as_url(picture: bytes) -> str:
    return f"data:{raster_type(picture)};base64,{base64.b64encode(picture).decode()}"
