"""What stands below the last words of a mail: signatures, a phone's advertisement, footers of lists and firms.

Each function answers where what ends at `end` begins, or `end` where there is nothing of its kind.
"""

from __future__ import annotations

import re

from mail.quoting.attribution import ADDRESS
from mail.quoting.lines import Lines

_SIGNATURE_LINES = 30
_FOOTER_LINES = 20
_LONGEST_FOOTER_LINE = 120
_CLOSING_LINES = 14
_DISCLAIMER_PARAGRAPHS = 4

_DELIMITERS = ("--", "—", "–", "\u2014\u2014", "- --", "--=20")
_RULE = re.compile(r"[-_=*~─—]{2,}")
_FORM_FIELD = re.compile(r"[^\W\d][\w /-]{1,24}\s?:\s+\S")
_CONTACT = re.compile(
    r"https?://|\bwww\.|(?:^|[\s(:])(?:\+|00)\d{1,3}[\d ()/.-]{6,}|\(\d{2,5}\)[ \d/.-]{5,}|\b\d{3}[-.]\d{3,4}[-.]\d{4}\b|\b0\d{1,4}[ /-]\d[\d /-]{4,}"
    r"|\b(?:tel|fon|phone|telefon|téléphone|telefoon|fax|mobil\w{0,3}|mob|handy|cell|skype|portable)\b\.?\s?:?[ +(\d]",
    re.I,
)
_CLOSING = re.compile(
    r"(?:(?:with )?(?:best|kind|kindest|warm|warmest)(?: and \w+)? (?:regards|wishes)|regards|best|sincerely|yours (?:sincerely|faithfully|truly)|cheers|many thanks|thanks"
    r"|thank you|thanks (?:again|in advance)|mit (?:freundlichen?|besten|lieben|herzlichen|vielen) gr[üu](?:ß|ss)en?|(?:freundliche|beste|liebe|viele|herzliche|schöne) gr[üu](?:ß|ss)e"
    r"|(?:lieben|besten|vielen) gru(?:ß|ss)|gr[üu](?:ß|ss)e?|hochachtungsvoll|mfg|vg|lg|cordialement|bien (?:cordialement|à vous)|cdlt|sincères salutations|salutations"
    r"|(?:un )?saludos?(?: cordial(?:es)?)?|(?:un )?cordial saludo|atentamente|cordiali saluti|distinti saluti|saluti|met vriendelijke groet(?:en)?|(?:vriendelijke |hartelijke )?groet(?:en|jes)?|mvg"
    r"|z (?:poważaniem|wyrazami szacunku)|pozdrawiam(?: serdecznie)?|pozdrowienia|atenciosamente|com os melhores cumprimentos|(?:melhores )?cumprimentos|abraços?"
    r"|med (?:vänliga?|venlige?|vennlig) h(?:älsning|ilsen)(?:ar)?|(?:vänliga hälsningar|venlig hilsen|vennlig hilsen|hilsen|hälsningar)|mvh|vh)[\s,.!]*",
    re.I,
)
_TOLD = re.compile(
    r"[?]$|^p\.? ?s\b|\b(?:order|case|ticket|invoice|contract|customer|booking|kunden|rechnung|vertrag|auftrag|bestell|vorgang|buchung)",
    re.I,
)

_SENDING = (
    r"sent (?:from|via|with|using|by)\b(?! an? (?!phone|mobile|tablet))|gesendet (?:von|mit|aus|über|via|per)|versendet (?:von|mit)|envoyé (?:de|depuis|avec|à partir|via)|enviado (?:desde|do|de|a partir|pelo|con|com|via)"
    r"|enviada (?:do|desde)|inviato (?:da|dal|con|tramite)|inviata da|verzonden (?:vanaf|van|met|via)|verstuurd (?:vanaf|van|met)|wysłan[eo] (?:z|ze|za)|skickat (?:från|med)|sendt (?:fra|med|via)"
    r"|lähetetty|odesláno z|odoslané z|отправлено (?:с|из)|надіслано з|trimis (?:de|din)|küldve|gönderildi"
)
_DEVICE = re.compile(
    rf"[^\w\n]{{0,4}}(?:(?:{_SENDING})\b"
    r"|get \[?outlook for|holen sie sich outlook|télécharge[rz] outlook|obtenir outlook|obtener outlook|obtén outlook|descargar outlook|scarica outlook|ottieni outlook|outlook downloaden"
    r"|download outlook|pobierz (?:program )?outlook|obter o outlook|baixar o outlook|hämta outlook|hent outlook|outlook (?:für|for|pour|para|per|voor) (?:ios|android)"
    r"|von meinem .{2,40} gesendet|von unterwegs|von (?:outlook|samsung|yahoo|gmx|web\.de)[ -]\w{1,12} gesendet|diese (?:nachricht|e-?mail|mail) wurde (?:von|mit) "
    r"|from my (?:i?phone|ipad|mobile|android|samsung|galaxy|blackberry|htc|cell|tablet)|yahoo mail[:,]|virus-free\.|virenfrei\.|virus-vrij\.|libre de virus\.|sans virus\.|mobil gesendet"
    r"|從我的|从我的|发自我的|發自我的|iphoneから送信|나의 .{2,20}에서 보냄)"
    r"|[\w. ]{0,30}\bfrom (?:my )?(?:mobile|phone|iphone|smartphone)\b\.?",
    re.I,
)
_LONGEST_DEVICE_LINE = 100

_BY_NAME = re.compile(r"[-–—~] ?[^\W\d_]{2,20}(?:[ .'-]{1,2}[^\W\d_]{1,20}){0,3}\.?")

_DISCLAIMER = re.compile(
    r"\W{0,6}(?:(?:confidentiality|legal|privacy|important)(?: notice| disclaimer)?\b|confidential\b|disclaimer|this (?:e-?mail|message|communication|transmission|electronic)|the (?:information|content)s?\b"
    r"|diese (?:e-?mail|nachricht|mail)|der inhalt dieser|die (?:in dieser|informationen)|vertraulichkeit|wichtiger hinweis|hinweis:|rechtlicher hinweis|haftungsausschluss"
    r"|ce (?:message|courriel|mail)|cet e-?mail|les informations|este (?:mensaje|correo|e-?mail)|la información|aviso|questo messaggio|questa e-?mail|le informazioni|ai sensi"
    r"|dit (?:bericht|e-?mail)|deze e-?mail|de informatie|ta wiadomość|niniejsz|treść (?:tej|niniejszej)|esta mensagem|as informações|detta (?:meddelande|e-post)|denne (?:e-?mail|besked|mail|e-post)"
    r"|please consider the environment|bitte (?:denken|prüfen) sie .{0,40}(?:umwelt|ausdruck)|pensez à l['’]environnement|virus-free|this email has been (?:checked|scanned))",
    re.I,
)
_SECRET = re.compile(
    r"confidential|privileged|intended (?:only|solely|recipient)|vertraulich|rechtlich geschützt|confidentiel|destinataire|confidencial|destinatario|riservat|vertrouwelijk|geadresseerde|poufn|adresat"
    r"|konfidentiell|avsedd|fortrolig|environment|umwelt|environnement|virus",
    re.I,
)


def above_delimiter(lines: Lines, end: int) -> int:
    """RFC 3676 §4.3: a line of two hyphens and a space, or what programs have made of it."""
    for number in range(end - 1, max(end - _SIGNATURE_LINES, 0), -1):
        if lines[number] in _DELIMITERS:
            return number
    return end


def above_rule(lines: Lines, end: int) -> int:
    """A rule and a few short lines below it that say where somebody can be reached, as mailing lists and firms end their mail."""
    for number in range(end - 1, max(end - _FOOTER_LINES, 0), -1):
        if len(lines[number]) > _LONGEST_FOOTER_LINE or lines.is_quote(number):
            break
        if _RULE.fullmatch(lines[number]):
            below, before = lines.bare[number + 1 : end], lines.above_blanks(number)
            told = sum(1 for line in below if _FORM_FIELD.match(line) and not _CONTACT.match(line))
            if told > 1 or (before and lines[before - 1].endswith(":")):  # a form that was filled in
                return end
            return number if not any(below) or any(_reaches(line) for line in below) else end
    return end


def above_device(lines: Lines, end: int) -> int:
    """«Sent from my iPhone», perhaps several such lines below each other."""
    for _ in range(_SIGNATURE_LINES):
        if not end or len(lines[end - 1]) > _LONGEST_DEVICE_LINE or not _DEVICE.match(lines[end - 1]):
            break
        end = lines.above_blanks(end - 1)
    return end


def above_name(lines: Lines, end: int) -> int:
    """«-Anna» on its own below everything; in a list other lines begin like it."""
    if end < 3 or lines[end - 2] or not _BY_NAME.fullmatch(lines[end - 1][:90]):
        return end
    before = lines[lines.above_blanks(end - 1) - 1]
    words = re.findall(r"[^\W\d_]+", lines[end - 1])
    return end if before.startswith(("-", "–", "—")) or not all(word[0].isupper() for word in words if len(word) > 3) else end - 1


def above_closing(lines: Lines, end: int) -> int:
    """A closing, a name and how to reach it.  A closing and a name alone are the writer's own words, and stay."""
    for number in range(end - 1, max(end - _CLOSING_LINES, 0), -1):
        line = lines[number]
        if len(line) > _LONGEST_FOOTER_LINE or lines.is_quote(number) or _TOLD.search(line):
            break
        if len(line) < 50 and _CLOSING.fullmatch(line):
            below = lines.bare[number + 1 : end]
            return number if any(_reaches(near) for near in below) else end
    return _above_card(lines, end)


def _above_card(lines: Lines, end: int) -> int:
    """A last paragraph that is nothing but a name and several ways to reach it."""
    start = end
    while start and lines[start - 1] and end - start < 8:
        start -= 1
    if not start or lines[start - 1] or not 3 <= end - start <= 7:
        return end
    card = lines.bare[start:end]
    before = lines[lines.above_blanks(start) - 1] if lines.above_blanks(start) else ":"
    if before.endswith((":", "?")) or any(len(line) > 60 or _TOLD.search(line) for line in card) or _reaches(card[0]):
        return end
    return start if sum(_reaches(line) for line in card) >= 2 and len(card) - sum(_reaches(line) for line in card) <= 2 else end


def above_disclaimer(lines: Lines, end: int) -> int:
    """The paragraphs in which a firm says that its mail is confidential."""
    found, below = end, end
    for _ in range(_DISCLAIMER_PARAGRAPHS):
        start = below
        while start and lines[start - 1] and below - start < _SIGNATURE_LINES:
            start -= 1
        paragraph = " ".join(line[:600] for line in lines.bare[start:below])[:3000]
        if not start or lines.is_quote(start):
            break
        if _DISCLAIMER.match(paragraph) and _SECRET.search(paragraph) and len(paragraph) > 60:
            found = start
        below = lines.above_blanks(start)
    return found


def _reaches(line: str) -> bool:
    line = line[:_LONGEST_FOOTER_LINE]
    return _CONTACT.search(line) is not None or ADDRESS.search(line) is not None
