"""What people read outside the web: translations, and the templates of the mails that we send.

English is the language of the sources; German lies in `translations/de/LC_MESSAGES/messages.po` and is read from there at
start, so that nothing has to be compiled.
"""

from __future__ import annotations

import io
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

from helpdesk.db import asset

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
def _catalogue(language: str) -> NullTranslations:
    source = Path(__file__).parent / "translations" / language / "LC_MESSAGES" / "messages.po"
    if not source.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with source.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return Translations(compiled)


def translations(language: str) -> NullTranslations:
    """The catalogue of a language; of an unknown one, English."""
    return _catalogue(spoken(language))


def mail(name: str, language: str, /, **values: Any) -> MailWords:
    """The words of a mail, from `templates/mail/<name>/`.  Raises jinja2.UndefinedError where a value is missing."""
    language = spoken(language)
    plain, rich = _environments(language)
    subject = " ".join(plain.get_template(f"{name}/subject.txt").render(values).split())
    values = {**values, "language": language, "subject": subject}
    text = plain.get_template(f"{name}/body.txt").render(values).strip() + "\n"
    html = rich.get_template(f"{name}/body.html").render(values)
    return MailWords(subject, text, _inliner.inline(html))


def greeting(name: str, language: str, *, informal: bool = False) -> str:
    """«Guten Tag, Anna Weber», to a friend «Hallo, Anna»; the greeting alone where we know no name."""
    first = name.split()[0] if informal and spoken(language) == "de" and name else name
    gettext = translations(language).gettext
    words = gettext("Hello %(name)s") % {"name": first} if name else gettext("Hello")
    return words.replace("Guten Tag", "Hallo") if informal else words


def day(at: datetime, language: str, zone: tzinfo) -> str:
    """«19. Dezember» or «19 December»: a date as one says it."""
    language = spoken(language)
    return format_date(at.astimezone(zone), "d. MMMM" if language == "de" else "d MMMM", locale=language)


def time_of_day(at: datetime, language: str, zone: tzinfo) -> str:
    """«19:42»."""
    return format_time(at.astimezone(zone), "HH:mm", locale=spoken(language))


@cache
def _environments(language: str) -> tuple[Environment, Environment]:
    """(for text, for HTML)."""
    return _environment(language, escaping=False), _environment(language, escaping=True)


def _environment(language: str, *, escaping: bool) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(asset("templates") / "mail"),
        autoescape=escaping,  # noqa: S701  # text/plain has no markup to escape
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = translations(language)
    environment.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    return environment


# Many mail programs know no <style>; what one cannot say in an attribute (dark, narrow) stays for those that do.
_inliner = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
