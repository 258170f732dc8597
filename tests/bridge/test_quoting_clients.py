"""What mail programs put above the words that they quote, in the languages that they speak."""

from __future__ import annotations

import textwrap

import pytest

from mail.quoting import split

NEW = "It still burns.\n\nAnna\n"
OLD = "Use the stairs.\n\nThe lift is for smoke.\n"
WHO = "Bob Weber <help@example.org>"

ATTRIBUTIONS = {
    "gmail en": f"On Mon, Nov 2, 2026 at 10:12\u202fAM {WHO} wrote:",
    "gmail en-gb": f"On Mon, 2 Nov 2026 at 10:12, {WHO} wrote:",
    "gmail de": f"Am Mo., 2. Nov. 2026 um 10:12 Uhr schrieb {WHO}:",
    "gmail de, name first": f"{WHO} schrieb am Mo., 2. Nov. 2026 um 10:12 Uhr:",
    "gmail fr": f"Le lun. 2 nov. 2026 à 10:12, {WHO} a écrit :",
    "gmail es": "El lun, 2 nov 2026 a las 10:12, Bob Weber (<help@example.org>) escribió:",
    "gmail it": f"Il giorno lun 2 nov 2026 alle ore 10:12 {WHO} ha scritto:",
    "gmail nl": f"Op ma 2 nov 2026 om 10:12 schreef {WHO}:",
    "gmail pl": f"pon., 2 lis 2026 o 10:12 {WHO} napisał(a):",
    "gmail pt": f"Em seg., 2 de nov. de 2026 às 10:12, {WHO} escreveu:",
    "gmail sv": f"Den mån 2 nov. 2026 kl 10:12 skrev {WHO}:",
    "gmail da": f"Den man. 2. nov. 2026 kl. 10.12 skrev {WHO}:",
    "gmail nb": f"man. 2. nov. 2026 kl. 10:12 skrev {WHO}:",
    "gmail fi": "ma 2. marrask. 2026 klo 10.12 Bob Weber (help@example.org) kirjoitti:",
    "gmail cs": f"po 2. 11. 2026 v 10:12 odesílatel {WHO} napsal:",
    "gmail ru": f"пн, 2 нояб. 2026 г. в 10:12, {WHO}:",
    "gmail of old": f"2026/11/2 {WHO}:",
    "apple en": f"On Nov 2, 2026, at 10:12 AM, {WHO} wrote:",
    "apple en-gb": f"On 2 Nov 2026, at 10:12, {WHO} wrote:",
    "apple de": f"Am 02.11.2026 um 10:12 schrieb {WHO}:",
    "apple fr": f"Le 2 nov. 2026 à 10:12, {WHO} a écrit :",
    "apple es": f"El 2 nov 2026, a las 10:12, {WHO} escribió:",
    "apple it": f"Il giorno 2 nov 2026, alle ore 10:12, {WHO} ha scritto:",
    "apple nl": f"Op 2 nov. 2026, om 10:12 heeft {WHO} het volgende geschreven:",
    "apple pl": f"Wiadomość napisana przez {WHO} w dniu 2 lis 2026, o godz. 10:12:",
    "apple pt": f"No dia 02/11/2026, às 10:12, {WHO} escreveu:",
    "apple pt-br": f"Em 2 de nov. de 2026, à(s) 10:12, {WHO} escreveu:",
    "apple sv": f"2 nov. 2026 kl. 10:12 skrev {WHO}:",
    "apple da": f"Den 2. nov. 2026 kl. 10.12 skrev {WHO}:",
    "thunderbird en": "On 11/2/26 10:12, Bob Weber wrote:",
    "thunderbird de": "Am 02.11.26 um 10:12 schrieb Bob Weber:",
    "thunderbird fr": "Le 02/11/2026 à 10:12, Bob Weber a écrit :",
    "thunderbird es": "El 2/11/26 a las 10:12, Bob Weber escribió:",
    "thunderbird it": "Il 02/11/2026 10:12, Bob Weber ha scritto:",
    "thunderbird nl": "Op 02-11-2026 om 10:12 schreef Bob Weber:",
    "thunderbird pl": "W dniu 2.11.2026 o 10:12, Bob Weber pisze:",
    "thunderbird pt": "Em 02/11/2026 10:12, Bob Weber escreveu:",
    "thunderbird pt-pt": "Às 10:12 de 02/11/2026, Bob Weber escreveu:",
    "thunderbird sv": "Den 2026-11-02 kl. 10:12, skrev Bob Weber:",
    "thunderbird da": "Den 02.11.2026 kl. 10.12 skrev Bob Weber:",
    "yahoo en": f"On Monday, November 2, 2026 at 10:12:13 AM GMT+1, {WHO} wrote:",
    "yahoo de": f"Am Montag, 2. November 2026 um 10:12:13 MEZ hat {WHO} Folgendes geschrieben:",
    "yahoo fr": f"Le lundi 2 novembre 2026 à 10:12:13 UTC+1, {WHO} a écrit :",
    "yahoo es": f"El lunes, 2 de noviembre de 2026, 10:12:13 CET, {WHO} escribió:",
    "yahoo it": f"Il lunedì 2 novembre 2026 alle ore 10:12:13 CET, {WHO} ha scritto:",
    "yahoo nl": f"Op maandag 2 november 2026 om 10:12:13 CET schreef {WHO}:",
    "yahoo pl": f"W dniu poniedziałek, 2 listopada 2026 10:12:13 CET użytkownik {WHO} napisał:",
    "yahoo pt": f"Em segunda-feira, 2 de novembro de 2026 às 10:12:13 BRT, {WHO} escreveu:",
    "yahoo sv": f"Den måndag 2 november 2026 10:12:13 CET, {WHO} skrev:",
    "yahoo da": f"Den mandag den 2. november 2026 10.12.13 CET skrev {WHO}:",
    "yahoo of old": f"--- On Mon, 11/2/26, {WHO} wrote:",
    "notes": f"{WHO} wrote on 02.11.2026 10:12:00:",
    "notes de": f"{WHO} schrieb am 02.11.2026 10:12:00:",
    "mutt": "On Mon, Nov 02, 2026 at 10:12:13AM +0100, Bob Weber wrote:",
    "evolution": "On Mon, 2026-11-02 at 10:12 +0100, Bob Weber wrote:",
    "gnus": f"{WHO} writes on 2 Nov 2026 10:12:",
    "kmail": "On Monday, 2 November 2026 10:12:13 CET Bob Weber wrote:",
    "horde": f"Zitat von {WHO} (2.11.2026 10:12):",
    "proton": f"On Monday, November 2nd, 2026 at 10:12 AM, {WHO} wrote:",
    "zoho": "---- On Mon, 02 Nov 2026 10:12:13 +0100 Bob Weber <help@example.org> wrote ---",
    "zoho de": "---- Am Mo., 02 Nov. 2026 10:12:13 +0100 schrieb Bob Weber <help@example.org> ----",
    "hey": f"On November 2, 2026, {WHO} wrote:",
    "roundcube": "On 2026-11-02 10:12, Bob Weber wrote:",
    "roundcube de": "Am 02.11.2026 10:12, schrieb Bob Weber:",
    "k-9 de": f"Am 2. November 2026 10:12:13 MEZ schrieb {WHO}:",
    "japanese": "2026年11月2日(月) 10:12 Bob Weber <help@example.org>:",
    "chinese": "Bob Weber <help@example.org> 于2026年11月2日周一 10:12写道：",
    "korean": "2026년 11월 2일 (월) 오전 10:12, Bob Weber <help@example.org>님이 작성:",
}


@pytest.mark.parametrize("line", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS)
def test_who_wrote_what_follows(line: str) -> None:
    for width in (999, 72, 40):
        wrapped = "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False))
        above = line if line.startswith("----") else wrapped  # Zoho does not wrap
        for old in (textwrap.indent(f"\n{OLD}", "> ", lambda _: True), textwrap.indent(OLD, ">"), f"\n{OLD}"):
            assert split(f"{NEW}\n{above}\n{old}").visible.strip() == NEW.strip()


@pytest.mark.parametrize("name", ["gmail en", "gmail de", "gmail fr", "gmail es", "apple nl", "gmail pl", "gmail sv"])
def test_an_address_whose_bracket_was_wrapped_is_no_quote(name: str) -> None:
    for bracket, wrapped in ((".org>", ".org\n>"), ("<help", "<\nhelp")):
        line = ATTRIBUTIONS[name].replace(bracket, wrapped)
        assert split(f"{NEW}\n{line}\n\n> Use the stairs.\n").visible.strip() == NEW.strip()


OUTLOOK = {
    "en": "From: {who}\nSent: Monday, November 2, 2026 10:12 AM\nTo: Anna <anna@x.example>\nSubject: RE: Fire",
    "de": "Von: {who}\nGesendet: Montag, 2. November 2026 10:12\nAn: Anna <anna@x.example>\nBetreff: AW: Feuer",
    "fr": "De : {who}\nEnvoyé : lundi 2 novembre 2026 10:12\nÀ : Anna <anna@x.example>\nObjet : RE: Feu",
    "fr mobile": "De : {who}\nEnvoyé le :lundi 2 novembre 2026 10:12\nÀ : Anna\nObjet : RE: Feu",
    "es": "De: {who}\nEnviado: lunes, 2 de noviembre de 2026 10:12\nPara: Anna\nAsunto: RE: Fuego",
    "es el": "De: {who}\nEnviado el: lunes, 2 de noviembre de 2026 10:12\nPara: Anna\nAsunto: RE: Fuego",
    "it": "Da: {who}\nInviato: lunedì 2 novembre 2026 10:12\nA: Anna\nOggetto: R: Fuoco",
    "nl": "Van: {who}\nVerzonden: maandag 2 november 2026 10:12\nAan: Anna\nOnderwerp: RE: Brand",
    "pl": "Od: {who}\nWysłane: poniedziałek, 2 listopada 2026 10:12\nDo: Anna\nTemat: RE: Ogień",
    "pl short": "Od: {who}\nWysłano: poniedziałek, 2 listopada 2026 10:12\nDo: Anna\nTemat: RE: Ogień",
    "pt": "De: {who}\nEnviado: 2 de novembro de 2026 10:12\nPara: Anna\nAssunto: RE: Fogo",
    "pt-br": "De: {who}\nEnviada em: segunda-feira, 2 de novembro de 2026 10:12\nPara: Anna\nAssunto: RE: Fogo",
    "sv": "Från: {who}\nSkickat: den 2 november 2026 10:12\nTill: Anna\nÄmne: SV: Brand",
    "da": "Fra: {who}\nSendt: 2. november 2026 10:12\nTil: Anna\nEmne: SV: Brand",
    "fi": "Lähettäjä: {who}\nLähetetty: maanantai 2. marraskuuta 2026 10.12\nVastaanottaja: Anna\nAihe: VS: Tuli",
    "cs": "Od: {who}\nOdesláno: pondělí 2. listopadu 2026 10:12\nKomu: Anna\nPředmět: RE: Oheň",
    "hu": "Feladó: {who}\nElküldve: 2026. november 2. 10:12\nCímzett: Anna\nTárgy: RE: Tűz",
    "ru": "От: {who}\nОтправлено: 2 ноября 2026 г. 10:12\nКому: Anna\nТема: RE: Огонь",
    "gmx": "Gesendet: Montag, 02. November 2026 um 10:12 Uhr\nVon: {who}\nAn: anna@x.example\nBetreff: Re: Feuer",
    "notes": "From:        {who}\nTo:        anna@x.example\nDate:        02.11.2026 10:12\nSubject:        Fire",
    "apple": "From: {who}\nSubject: Re: Fire\nDate: 2 November 2026 at 10:12:13 CET\nTo: anna@x.example",
    "samsung": "Von: {who}\nDatum: 02.11.26 10:12 (GMT+01:00)\nAn: anna@x.example\nBetreff: Re: Feuer",
    "orange of old": "Message du : 02/11/2026 10:12\nDe : {who}\nA : anna@x.example\nCopie à : \nSujet : Feu",
}
ABOVE = (
    "",
    "________________________________\n",
    "-------------------------\n\n",
    "-----Original Message-----\n",
    "Gesendet mit der mobilen Mail App\n\n",
)


@pytest.mark.parametrize("header", OUTLOOK.values(), ids=OUTLOOK)
def test_the_header_of_a_quoted_mail(header: str) -> None:
    block = header.format(who=WHO)
    bold = "\n".join(f"*{line.replace(':', ':*', 1)}" for line in block.split("\n"))
    for above in ABOVE:
        for fields in (block, bold):
            assert split(f"{NEW}\n{above}{fields}\n\n{OLD}").visible.strip() == NEW.strip()


@pytest.mark.parametrize(
    "header",
    [
        "Avsendar: Bob <b@x.example>\nSendt ut: 2. november 2026 10:12\nMottakar: Anna",
        "Expedidor: Bob <b@x.example>\nData d’enviament: 2/11/2026 10:12\nPer a: anna@x.example",
    ],
)
def test_below_a_rule_the_header_may_be_in_any_language(header: str) -> None:
    assert split(f"{NEW}\n________________________________\n{header}\n\n{OLD}").visible.strip() == NEW.strip()
    assert split(f"{NEW}\n{header}\n\n{OLD}").folds == ()


TITLES = [
    "-----Original Message-----",
    "-------- Original Message --------",
    "----- Original message -----",
    "------------------ Original ------------------",
    "-----Ursprüngliche Nachricht-----",
    "-------- Original-Nachricht --------",
    "---- Originalnachricht ----",
    "--- Ursprüngliche Nachricht ---",
    "-----Message d'origine-----",
    "-------- Message original --------",
    "-----Mensaje original-----",
    "-----Messaggio originale-----",
    "-----Oorspronkelijk bericht-----",
    "-----Wiadomość oryginalna-----",
    "-------- Wiadomość pierwotna --------",
    "-----Mensagem original-----",
    "-----Ursprungligt meddelande-----",
    "-------- Originalmeddelande --------",
    "-----Oprindelig meddelelse-----",
    "-----Opprinnelig melding-----",
    "-----Alkuperäinen viesti-----",
    "-----Původní zpráva-----",
    "-----Eredeti üzenet-----",
    "-----Исходное сообщение-----",
    "------------------ 原始邮件 ------------------",
    "===== Original Message =====",
]


@pytest.mark.parametrize("title", TITLES)
def test_the_title_above_a_quoted_mail(title: str) -> None:
    assert split(f"{NEW}\n{title}\n{OLD}").visible.strip() == NEW.strip()


FORWARDS = [
    "---------- Forwarded message ---------",
    "Begin forwarded message:",
    "Forwarded message:",
    "Weitergeleitete Nachricht:",
    "-------- Forwarded Message --------",
    "-------- Weitergeleitete Nachricht --------",
    "Anfang der weitergeleiteten Nachricht:",
    "---------- Message transféré ---------",
    "Début du message réexpédié :",
    "---------- Mensaje reenviado ---------",
    "Inicio del mensaje reenviado:",
    "---------- Messaggio inoltrato ---------",
    "Inizio messaggio inoltrato:",
    "---------- Doorgestuurd bericht ---------",
    "Begin doorgestuurd bericht:",
    "---------- Przekazana wiadomość ---------",
    "Początek przekazywanej wiadomości:",
    "---------- Mensagem encaminhada ---------",
    "Início da mensagem encaminhada:",
    "---------- Vidarebefordrat meddelande ---------",
    "---------- Videresendt meddelelse ---------",
    "Start på videresendt besked:",
]


@pytest.mark.parametrize("title", FORWARDS)
def test_a_forwarded_mail_is_what_we_are_to_read_below_a_few_words_only(title: str) -> None:
    forwarded = f"{title}\n\nFrom: Carl <carl@x.example>\nDate: Mon, 2 Nov 2026 at 10:12\nSubject: Fire\nTo: Anna\n\nIt burns.\n"
    for words in ("", "FYI\n\n", "Dear all,\n\ncan you help him?\n\nAnna\n\n"):
        assert split(words + forwarded).folds == ()
    long = "The printer in the second floor has been burning since Monday, and nobody came.\n" * 4
    assert split(f"{long}\n{forwarded}").visible.strip() == long.strip()


DEVICES = [
    "Sent from my iPhone",
    "Sent from my iPhone.",
    "Sent from Outlook for iOS<https://aka.ms/o0ukef>",
    "Sent from Mail for Windows",
    "Get Outlook for Android<https://aka.ms/AAb9ysg>",
    "Sent from Yahoo Mail on Android",
    "Sent via the Samsung Galaxy S21",
    "Sent with Proton Mail secure email.",
    "Sent from Proton Mail for iOS",
    "Von meinem iPhone gesendet",
    "Von meinem Samsung Galaxy Smartphone gesendet.",
    "Gesendet von Outlook für iOS<https://aka.ms/o0ukef>",
    "Gesendet von Mail für Windows",
    "Gesendet mit der GMX Mail App",
    "Gesendet mit der WEB.DE Mail App",
    "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
    "Gesendet von Yahoo Mail auf Android",
    "Holen Sie sich Outlook für Android<https://aka.ms/ghei36>",
    "Envoyé de mon iPhone",
    "Envoyé depuis mon iPhone",
    "Envoyé à partir de Outlook pour Android",
    "Télécharger Outlook pour iOS",
    "Enviado desde mi iPhone",
    "Enviado desde mi móvil",
    "Enviado do meu iPhone",
    "Inviato da iPhone",
    "Inviato da Outlook per Android",
    "Verstuurd vanaf mijn iPhone",
    "Verzonden vanaf Outlook voor Android",
    "Wysłane z iPhone'a",
    "Wysłane z aplikacji Outlook",
    "Skickat från min iPhone",
    "Sendt fra min iPhone",
    "Lähetetty iPhonesta",
    "Odesláno z iPhonu",
    "Отправлено с iPhone",
    "发自我的iPhone",
    "iPhoneから送信",
    "Virus-free. www.avast.com",
]


@pytest.mark.parametrize("line", DEVICES)
def test_a_phones_advertisement(line: str) -> None:
    assert split(f"{NEW}\n{line}\n").visible.strip() == NEW.strip()
    assert split(f"{NEW}\n{line}\n\nOn 11/2/26 10:12, Bob Weber wrote:\n> Use the stairs.\n").visible.strip() == NEW.strip()
