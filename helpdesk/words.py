"""What people read outside the web: translations, and the templates of the mails that we send.

English is the language of the sources; German lies in `translations/de/LC_MESSAGES/messages.po` and is read from there at
start, so that nothing has to be compiled.
"""

from __future__ import annotations

import io
import re
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import css_inline
from babel.dates import format_date, format_time
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from helpdesk.db import asset
from helpdesk.policies.promises import is_whole_day

LANGUAGES = ("en", "de")


class MailWords(NamedTuple):
    """One mail's words; `html` is a whole document that loads nothing from anywhere."""

    subject: str
    text: str
    html: str


def spoken(language: str) -> str:
    """The language that we answer in when asked for this one («de-AT» is «de»); English where we do not speak it."""
    base = language.lower().replace("_", "-").partition("-")[0]
    return base if base in LANGUAGES else "en"


@cache
def _catalogue(language: str, domain: str = "messages") -> NullTranslations:
    source = Path(__file__).parent / "translations" / language / "LC_MESSAGES" / f"{domain}.po"
    if not source.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


@cache
def translations(language: str, *, informal: bool = False) -> NullTranslations:
    """The catalogue of a language; of an unknown one, English.  `informal`: as one speaks to friends, where a language tells that apart."""
    formal = _catalogue(spoken(language))
    if not informal or spoken(language) != "de":
        return formal
    du = _catalogue("de", "du")
    du.add_fallback(formal)
    return du


def mail(name: str, language: str, /, *, informal: bool = False, **values: Any) -> MailWords:
    """The words of a mail, from `templates/mail/<name>/`.  Raises jinja2.UndefinedError where a value is missing."""
    language = spoken(language)
    plain, rich = _environments(language, informal)
    subject = " ".join(plain.get_template(f"{name}/subject.txt").render(values).split())
    values = {**values, "language": language, "subject": subject}
    text = plain.get_template(f"{name}/body.txt").render(values).strip() + "\n"
    html = rich.get_template(f"{name}/body.html").render(values)
    return MailWords(subject, text, _inliner.inline(html))


def told(language: str, *, informal: bool = False, of: str = "notice", **values: Any) -> dict[str, str]:
    """What a notice (or an escalation) tells of its case: `headline` in a few words, `news` in a sentence.  Raises as `mail`."""
    plain, _ = _environments(spoken(language), informal)
    return {name: " ".join(plain.get_template(f"{of}/{name}.txt").render(values).split()) for name in ("headline", "news")}


def framed(subject: str, text: str, inside: Markup, language: str) -> MailWords:
    """Somebody's own words in the frame of our mails."""
    _, rich = _environments(language, informal=False)
    html = rich.get_template("own/body.html").render(subject=subject, inside=inside, language=language)
    return MailWords(subject, text.strip() + "\n", _inliner.inline(html))


def foot(language: str, *, informal: bool, number: object, days: object) -> str:
    """What stands below each answer of ours."""
    gettext = translations(language, informal=informal).gettext
    words = gettext(
        "Case %(number)s. Just reply to this mail; the address works until your problem is solved and for %(days)s days after."
    )
    return words % {"number": number, "days": days}


def greeting(name: str, language: str, *, informal: bool = False) -> str:
    """«Guten Tag, Anna Weber», to a friend «Hallo, Anna»; the greeting alone where we know no name."""
    first = name.split()[0] if informal and spoken(language) == "de" and name else name
    gettext = translations(language, informal=informal).gettext
    return gettext("Hello %(name)s") % {"name": first} if name else gettext("Hello")


def day(at: datetime, language: str, zone: tzinfo) -> str:
    """«19. Dezember» or «19 December»: a date as one says it."""
    language = spoken(language)
    return format_date(at.astimezone(zone), "d. MMMM" if language == "de" else "d MMMM", locale=language)


def by_when(at: datetime, language: str, zone: tzinfo) -> str:
    """«Freitag, 6. November, 14 Uhr» or «Friday 6 November, 2 pm»; of a whole day, the day."""
    language, local = spoken(language), at.astimezone(zone)
    named = format_date(local, "EEEE, d. MMMM" if language == "de" else "EEEE d MMMM", locale=language)
    if is_whole_day(at, zone):
        return named
    if language == "de":
        return f"{named}, {local.hour} Uhr" if local.minute == 0 else f"{named}, {local:%H:%M} Uhr"
    if (local.hour, local.minute) == (12, 0):
        return f"{named}, noon"
    hour = f"{local.hour % 12 or 12}" if local.minute == 0 else f"{local.hour % 12 or 12}:{local:%M}"
    return f"{named}, {hour} {'am' if local.hour < 12 else 'pm'}"


def time_of_day(at: datetime, language: str, zone: tzinfo) -> str:
    """«19:42»."""
    return format_time(at.astimezone(zone), "HH:mm", locale=spoken(language))


def moment(at: datetime, now: datetime, language: str, zone: tzinfo) -> str:
    """«yesterday, 16:00», «Monday 2 November, 16:00»: an instant as a colleague would say it today."""
    gettext, time = translations(spoken(language)).gettext, time_of_day(at, language, zone)
    match (at.astimezone(zone).date() - now.astimezone(zone).date()).days:
        case 0:
            return gettext("%(time)s today") % {"time": time}
        case -1:
            return gettext("%(time)s yesterday") % {"time": time}
        case 1:
            return gettext("%(time)s tomorrow") % {"time": time}
    weekday = format_date(at.astimezone(zone), "EEEE", locale=spoken(language))
    return gettext("%(weekday)s %(day)s, %(time)s") % {"weekday": weekday, "day": day(at, language, zone), "time": time}


@cache
def _environments(language: str, informal: bool) -> tuple[Environment, Environment]:
    """(for text, for HTML)."""
    return _environment(language, informal, escaping=False), _environment(language, informal, escaping=True)


def _environment(language: str, informal: bool, *, escaping: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(asset("templates") / "mail"),
        autoescape=escaping,  # noqa: S701  # text/plain has no markup to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = translations(language, informal=informal)
    environment.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters["unbroken"] = _unbroken
    return environment


def _unbroken(said: str) -> str:
    """A date and an hour stay on one line: «6. November», «14 Uhr»."""
    return re.sub(r"(?<=\d)(\.?) (?=\w)", "\\1\u00a0", said)


# Many mail programs know no <style>; what one cannot say in an attribute (dark, narrow) stays for those that do.
_inliner = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
