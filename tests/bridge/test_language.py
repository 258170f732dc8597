"""Which language a mail is in: our answers are given in it."""

from __future__ import annotations

import pytest

from mail.language import guess_language

OURS = {
    "de": [
        "Der Drucker brennt schon wieder, und keiner kommt. Bitte melden Sie sich.",
        "Guten Tag,\n\nich habe die Rechnung nicht bekommen.\n\nMit freundlichen Grüßen\nAnna",
        "Hallo, leider ist die Ware immer noch nicht da. Wann kommt sie?",
        "Ich warte seit drei Wochen auf mein Geld. MfG",
        "Können Sie mir das bitte noch einmal schicken? Danke!",
        "Das update auf the new version hat nicht funktioniert, und ich bekomme die Meldung nicht weg.",
        "DIE HEIZUNG IST KALT UND ICH FRIERE",
    ],
    "en": [
        "The printer is on fire again, and nobody comes. Please call me.",
        "Hello,\n\nI have not got the invoice yet.\n\nKind regards\nAnna",
        "Hi, when will you send my refund? It has been three weeks.",
        "I don't understand why my order was cancelled.",
        "Could you please resend it? Thanks!",
        "I live in Die Straße in Berlin and I would like to have this fixed.",
    ],
}
OTHERS = [
    "Beste,\n\nde printer staat weer in brand en we kunnen er niet in. Wat is dit? Met vriendelijke groet, Anna",
    "Ik heb de factuur nog niet ontvangen. Kan je die naar mij sturen? Dit is al de derde keer.",
    "Bonjour,\n\nl'imprimante est encore en feu et personne ne vient. Merci de me rappeler.\n\nCordialement",
    "Hola, la impresora está en llamas y no viene nadie. Me pueden llamar? Gracias",
    "Buongiorno, la stampante è di nuovo in fiamme e non viene nessuno. Grazie, cordiali saluti",
    "Bom dia, a impressora está em chamas e ninguém vem. Obrigada",
    "Dzień dobry, drukarka znowu się pali i nikt nie przychodzi. Proszę o telefon. Pozdrawiam",
    "Hej, skrivaren brinner igen och ingen kommer. Kan ni ringa mig? Jag har inte fått någon faktura. Vänliga hälsningar",
    "Hej, printeren brænder igen, og der kommer ingen. Kan I ringe til mig? Jeg har ikke fået en faktura. Venlig hilsen",
    "Der er ikke nogen der har svaret mig, og det er for dårligt. Jeg vil have den i dag.",
    "Wat is er aan de hand? Ik kan er niet in, is dat of is dat niet zo? Hoe kan dat? We of ik.",
    "De lift is stuk. Is er iemand die dat kan maken? Die van ons is in het weekend ook al stuk gegaan.",
    "Der er noget galt med den. Den er gået i stykker. Har I en anden? Der er ild i den, og den er varm.",
    "Hej, for at være helt ærlig er det for dyrt at have to. For to er der ikke plads at have.",
    "Per favore, il PC in ufficio non si accende. In data 3.4. ho inviato a voi a mezzo fax il modulo. A presto, a domani",
    "A fatura não chegou a casa. A senhora disse a mim que a fatura era enviada a tempo.",
    "Le PC a un souci, on a tout essayé. Il a redémarré, on a attendu. Anna a appelé.",
    "Mam problem: to nie to, co było. To jest do wymiany. To do was a to do mnie. Proszę to do piątku.",
    "プリンターが燃えています",
    "Принтер снова горит, и никто не приходит.",
    "ok",
    "4711",
    "",
    "👍",
]


@pytest.mark.parametrize(("language", "text"), [(language, text) for language, texts in OURS.items() for text in texts])
def test_german_and_english_are_told_apart(language: str, text: str) -> None:
    assert guess_language(text) == language


@pytest.mark.parametrize("text", OTHERS)
def test_of_another_language_or_too_few_words_nothing_is_said(text: str) -> None:
    assert guess_language(text) is None
