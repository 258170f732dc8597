"""What happened at the demo desk: its customers, what they wrote, and what was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """Something that happened, so many hours before now.  `who` None is the customer; `to` whom a case is handed to."""

    hours_ago: float
    what: str  # wrote answered noted solved took stranger called handed tagged pinned gave
    text: str = ""
    who: str | None = None
    files: Sequence[tuple[str, str, bytes]] = ()
    to: str = ""
    promise: float | None = None  # by so many hours before now (after it, where negative) an answer says that they hear from us


@dataclass(frozen=True)
class Story:
    name: str
    address: str
    subject: str
    steps: Sequence[Step]
    desk: int = 0
    language: str = "de"


LABEL = b"Typ: AROMA 40\nSerie: 2026-08-1177\nNetz: 230 V, 150 W\n"

STORIES = (
    Story("Miriam Falk", "miriam.falk@post.example", "Mein Fahrradkorb ist zum zweiten Mal verbogen angekommen", (
        Step(412, "wrote", "Guten Abend,\n\nam 1. habe ich einen Fahrradkorb bestellt (Auftrag 70-44182). Angekommen ist ein verbogener, der Ersatz ist "
             "an derselben Stelle verbogen. Ich glaube, der Karton ist zu klein.\n\nIch habe das schon im Formular erklärt und dann noch einmal am "
             "Telefon. Bitte sagen Sie mir einfach, wie es weitergeht.\n\nMiriam Falk"),
        Step(404, "took", who="bob@desk.example"),
        Step(403.5, "answered", "Guten Tag, Frau Falk,\n\nzweimal dieselbe Delle, das ist unser Karton, da haben Sie recht. Ich habe das Lager gebeten, den "
             "dritten Korb im **großen Karton** zu schicken, und sehe ihn mir vorher selbst an. Er geht morgen hinaus, und in drei Tagen frage ich nach.",
             "bob@desk.example", promise=331),
        Step(390, "wrote", "Danke. Das ist die erste Antwort, die nach einem Menschen klingt.\n\n> Er geht morgen hinaus.\n\nMuss ich die zwei alten "
             "zurückschicken?"),
        Step(388, "answered", "Nein, behalten Sie sie oder geben Sie sie zum Altmetall, wie es Ihnen besser passt. Der große Karton braucht einen Tag länger; ich "
             "melde mich darum einen Tag später.", "bob@desk.example", promise=300),
        Step(310, "wrote", "Der dritte ist da und heil. Vielen Dank!"),
        Step(308, "solved", "Das freut mich. Wenn doch noch etwas ist: Antworten Sie einfach auf diese Mail.", "bob@desk.example"),
    )),
    Story("Konrad Ebeling", "k.ebeling@handwerk.example", "Rechnung 2026-3318: falsche Firma, falsche Adresse", (
        Step(95, "wrote", "Sehr geehrte Damen und Herren,\n\ndie Rechnung 2026-3318 ist auf meine frühere Firma ausgestellt, die es seit 2024 nicht mehr gibt. "
             "Ich brauche sie auf: Ebeling Holzbau GmbH, Mühlweg 9, 21385 Amelinghausen.\n\nDas Kundenkonto kann ich nicht ändern, weil es auf die alte "
             "Adresse läuft und der Link zum Zurücksetzen dorthin geht.\n\nMit freundlichen Grüßen\nKonrad Ebeling"),
        Step(80, "noted", "Buchhaltung gefragt: Storno und neue Rechnung geht nur bis Monatsende. Antwort kommt bis Montag.", "dana@desk.example"),
        Step(79, "took", who="dana@desk.example"),
        Step(20, "wrote", "Guten Tag, gibt es etwas Neues? Mein Steuerberater fragt."),
    ), desk=1),
    Story("Priya Nair", "priya.nair@letters.example", "Parcel marked as delivered, nobody rang", (
        Step(51, "wrote", "Hello,\n\nthe tracking page says my parcel (UK-55120) was handed over yesterday at 14:06. I was home all day, nobody rang, there is no "
             "card, and my neighbours have nothing.\n\nThe courier's site sends me to you, and your form wants a login I never made.\n\nPriya Nair"),
        Step(46, "answered", "Hello Ms Nair,\n\nno login needed, this mail is enough. I've asked the courier for the driver's position at 14:06 and will write "
             "to you by tomorrow noon, whatever they say.", "erik@desk.example"),
        Step(27, "wrote", "Thank you, Erik. One more thing: a man from number 41 says he saw the van at the wrong end of the street."),
    ), language="en"),
    Story("Thomas Arendt", "thomas.arendt@arendt.example", "Mühle mahlt nicht", (
        Step(1104, "wrote", "Guten Tag, die Kaffeemühle vom 2. September mahlt nicht, sie brummt nur. Was nun?"),
        Step(1100, "took", who="dana@desk.example"),
        Step(1099, "solved", "Guten Tag, Herr Arendt, eine neue Mühle ist heute hinausgegangen, die alte dürfen Sie behalten.", "dana@desk.example"),
    )),
    Story("Thomas Arendt", "thomas.arendt@arendt.example", "Zweite Mühle ohne Deckel", (
        Step(610, "wrote", "Die zweite Mühle kam heute, ohne Deckel. Beim Mahlen fliegen die Bohnen durch die Küche."),
        Step(600, "took", who="bob@desk.example"),
        Step(599, "solved", "Guten Tag, Herr Arendt, der Deckel fehlte schon im Lager, das war unser Fehler. Eine vollständige Mühle ist unterwegs.",
             "bob@desk.example"),
    )),
    Story("Thomas Arendt", "thomas.arendt@arendt.example", "Dritte Kaffeemühle, wieder defekt: Ich möchte mein Geld zurück", (
        Step(30, "wrote", "Guten Abend,\n\ndie dritte Mühle läuft zehn Sekunden, dann klingt sie wie ein Mixer voller Kies und bleibt stehen. Bestellung 4711-0938-22, 189 Euro, "
             "gekauft am 2. September, Typenschild hängt an.\n\nIch möchte keine vierte Mühle. Ich möchte mein Geld zurück.\n\nT. Arendt", files=(("typenschild.txt", "text/plain", LABEL),)),
        Step(22, "took", who="bob@desk.example"),
        Step(21.5, "answered", "Guten Tag, Herr Arendt,\n\ndas hätte nach der zweiten Mühle nicht mehr passieren dürfen. Ich habe Ihre drei Lieferungen vor mir: "
             "Der Mahlkegel sitzt schief, das ist ein Fehler ab Werk. Ich kläre, dass Sie Ihr Geld bekommen, **ohne** etwas einzusenden, und melde mich bis morgen Abend.",
             "bob@desk.example", promise=-4),
        Step(21.4, "pinned", "order=4711-0938-22", "bob@desk.example"),
        Step(21.4, "pinned", "amount=189 Euro", "bob@desk.example"),
        Step(21.4, "tagged", "Erstattung", "bob@desk.example"),
        Step(9, "called", "Herr Arendt rief an: freundlich, aber erschöpft. Will keinen Gutschein, sondern das Geld. Rückruf am liebsten nach 17 Uhr.",
             "bob@desk.example"),
        Step(6, "wrote", "Danke, das ist die erste Antwort, die nach einem Menschen klingt. Reicht Ihnen dieselbe Kontonummer wie im September?"),
        Step(5, "noted", "Mühlenwerk bestätigt den Werksfehler und trägt die Kosten. @Carol, gibst du die 189 € frei?", "bob@desk.example"),
    )),
    Story("Hatice Demirel", "hatice.demirel@post.example", "Rücksendung angekommen, aber kein Geld", (
        Step(268, "wrote", "Guten Tag, meine Rücksendung ist laut Verfolgung seit 9 Tagen bei Ihnen. Wann kommt das Geld? Retoure R-90117, 64,90 €."),
        Step(262, "took", who="bob@desk.example"),
        Step(261, "answered", "Guten Tag, Frau Demirel,\n\nIhre Retoure ist da. Ich habe die 64,90 € heute freigegeben, sie sind spätestens am Freitag auf Ihrem "
             "Konto, und bis dahin hören Sie von mir.", "bob@desk.example", promise=165),
        Step(60, "wrote", "Es ist Mittwoch und es ist immer noch nichts da. Bitte schauen Sie nach."),
        Step(58, "handed", "64,90 € bis Freitag.|Freigabe am Montag, Bank gefragt: Konto geschlossen.|Neue Kontonummer nur vom Konto der Kundin annehmen.",
             "bob@desk.example", to="dana@desk.example"),
        Step(57, "tagged", "Erstattung", "dana@desk.example"),
        Step(4, "stranger", "Hallo, ich schreibe für meine Mutter: Das Konto, auf das Sie überweisen wollten, gibt es nicht mehr. Die neue IBAN kann ich Ihnen "
             "am Telefon sagen.\nEmre"),
    )),
    Story("Lars Holm", "lars.holm@letters.example", "Wrong size charged twice", (
        Step(200, "wrote", "Hi, I ordered one jacket in M and one in L to try, sent L back, and was charged for both. Order 8812-B."),
        Step(190, "took", who="dana@desk.example"),
        Step(189, "answered", "Hello Mr Holm, you're right, the return was booked to the wrong order. I've corrected it; €119.00 are on their way to "
             "your card, and I'll tell you when they have left.", "dana@desk.example", promise=140),
        Step(150, "solved", "The refund went out this morning. If it isn't on your card by Tuesday, just reply here.", "dana@desk.example"),
    ), language="en"),
    Story("Gerda Schuster", "gerda.schuster@post.example", "Vielen Dank, und eine Frage noch", (
        Step(7, "wrote", "Guten Morgen,\n\ndie Lampe ist da und wunderschön. Welche Birne gehört hinein? Auf dem Zettel steht nur eine Nummer.\n\nHerzliche Grüße\nGerda "
             "Schuster"),
    )),
    Story("Nguyễn Thị Lan", "lan.nguyen@post.example", "Adresse nach der Bestellung geändert", (
        Step(5, "wrote", "Kann das Paket noch an die neue Adresse gehen? Wir ziehen am Freitag um. Bestellung 70-45003, neu: Lindenallee 4, 04177 Leipzig."),
    )),
    Story("Familie Krüger", "krueger@familie.example", "Kinderbett ohne Schrauben geliefert", (
        Step(74, "wrote", "Das Kinderbett kam ohne den Beutel mit den Schrauben. Das Kind schläft seit Dienstag auf der Matratze am Boden."),
        Step(70, "took", who="bob@desk.example"),
        Step(69, "answered", "Guten Tag, Familie Krüger,\n\nder Beutel ist heute als **Express** hinausgegangen und morgen vor 12 Uhr bei Ihnen. Zum Trost liegt ein "
             "Nachtlicht bei.", "bob@desk.example"),
        Step(68.5, "gave", "12,90|Nachtlicht zum Trost", "bob@desk.example"),
    )),
    Story("Daniel Osei", "daniel.osei@letters.example", "Invoice without VAT number", (
        Step(140, "wrote", "Our accountant cannot book the attached invoice, the VAT number is missing. A corrected PDF would be enough."),
        Step(132, "answered", "Hello Mr Osei, the corrected invoice is attached. Sorry for the extra round.", "dana@desk.example",
             (("invoice-2026-3307.txt", "text/plain", b"Invoice 2026-3307, VAT DE 000 000 000\n"),)),
    ), desk=1, language="en"),
    Story("Martina Vogt", "martina.vogt@post.example", "Konto gesperrt, Bestellung läuft noch", (
        Step(2, "wrote", "Ich komme nicht in mein Konto und kann deshalb auch das Formular nicht ausfüllen, mit dem man meldet, dass man nicht ins Konto kommt.\n\n"
             "Können Sie mir bitte sagen, ob meine Bestellung trotzdem verschickt wird?"),
    )),
)  # fmt: skip
