"""Letters for the playground's first day, as mail really is: they lie at the door when it opens, and go the way of all mail."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid

from mail.inbound import Parcel
from mail.letter import Envelope

_SHOP_PAGE = """\
<html><body><table width="560"><tr><td>
<h2>Ein Bein ist gebrochen</h2>
<p>Guten Tag,</p>
<p>auf den Bildern sieht man es: Der Sessel kam mit einem <b>gebrochenen Bein</b> an, Auftrag 70-45120.</p>
<p><img src="https://bilder.post.example/sessel-links.jpg" width="240" height="90" alt="Sessel von links">
<img src="https://bilder.post.example/sessel-bein.jpg" width="240" height="90" alt="Das Bein"></p>
<p>Die Tischlerei Moll könnte ihn reparieren, ich habe sie in Kopie genommen. Ihr Angebot:
<a href="https://angebote.moll.example/4711">Angebot&nbsp;4711</a></p>
<p>Viele Grüße<br>Jana Thiel</p>
</td></tr></table></body></html>
"""

_INVITATION = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Spedition Rasch//Kalender//DE
METHOD:REQUEST
BEGIN:VEVENT
UID:abholung-70-44871@rasch.example
DTSTAMP:{stamp}
DTSTART;TZID=Europe/Berlin:{day}T100000
DTEND;TZID=Europe/Berlin:{day}T113000
SUMMARY:Abholung des Schranks\\, Auftrag 70-44871
LOCATION:Lindenallee 4\\, 04177 Leipzig
ORGANIZER;CN=Thomas Reuter:mailto:thomas.reuter@rasch.example
END:VEVENT
END:VCALENDAR
"""


def parcels(desk: str, now: datetime) -> list[Parcel]:
    """An HTML mail with pictures elsewhere and somebody in copy, an invitation, and what a filter calls spam."""
    return [_parcel(letter, desk, now) for letter in (_laid_out(), _invitation(now), _spam())]


def _laid_out() -> EmailMessage:
    letter = _letter("Jana Thiel <jana.thiel@post.example>", "Sessel mit gebrochenem Bein")
    letter["Cc"] = "Tischlerei Moll <werkstatt@moll.example>"
    letter.set_content(_SHOP_PAGE, subtype="html")
    return letter


def _invitation(now: datetime) -> EmailMessage:
    letter = _letter("Thomas Reuter <thomas.reuter@rasch.example>", "Einladung: Abholung des Schranks")
    letter.set_content("Guten Tag,\n\npasst Ihnen der Termin? Wir brauchen jemanden, der das Tor öffnet.\n\nThomas Reuter\n")
    text = _INVITATION.format(stamp=f"{now:%Y%m%dT%H%M%SZ}", day=f"{now + timedelta(days=4):%Y%m%d}")
    letter.add_alternative(text, subtype="calendar", params={"method": "REQUEST"})
    return letter


def _spam() -> EmailMessage:
    letter = _letter("Gewinnzentrale <gewinn@lose.example>", "Ihr Gewinn wartet nur noch heute!!!")
    letter["X-Spam-Status"] = "Yes, score=14.2 required=5.0"
    letter.set_content("Antworten Sie mit Ihrer Kontonummer, und wir überweisen sofort.\n")
    return letter


def _letter(sender: str, subject: str) -> EmailMessage:
    letter = EmailMessage()
    letter["From"], letter["Subject"] = sender, subject
    return letter


def _parcel(letter: EmailMessage, desk: str, now: datetime) -> Parcel:
    sender = letter["From"].addresses[0].addr_spec
    letter["To"], letter["Date"] = desk, format_datetime(now)
    letter["Message-ID"] = make_msgid(domain=sender.partition("@")[2])
    raw = letter.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return Parcel(raw, Envelope(door="smtp", sender=sender, recipients=(desk,), peer="127.0.0.1", received_at=now))
