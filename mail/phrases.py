"""What machines say in their mail, in the languages in which they say it.  Words alone prove nothing: `screen` wants a sign beside."""

from __future__ import annotations

import re


def _any(*alternatives: str, flags: int = re.I) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), flags)


DAEMON = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|post[-_.]?master|mailerdaemon|mdaemon|bounce[\w.+=-]*|mailsystem|mail-?delivery-?\w*|microsoftexchange[0-9a-f]{20,40})@",
    re.I,
)
DAEMON_NAME = re.compile(
    r"mail delivery (?:sub)?system|mail(?:er)?[ -]?daemon|mail administrator|mail system|postmaster|system administrator|mail delivery service"
    r"|microsoft outlook|internet mail delivery|e-?mail-zustell|mail-zustell|syst.me de (?:messagerie|distribution)|sistema de correo",
    re.I,
)
_UNDELIVERED = (
    # English
    r"undeliver|not be delivered|could ?n.t be delivered|delivery (?:has |to .{1,80} )?fail|failed permanently",
    r"delivery (?:status )?notification|unable to (?:deliver|send|relay)|was(?: not|n.t) delivered|delivery problem|returned (?:mail|to sender|message)",
    r"failure notice|cannot be (?:delivered|sent)|permanent(?:ly)? (?:fatal )?(?:error|fail)|permanent delivery error|fatal error|user unknown",
    r"unknown user|no such (?:user|recipient|mailbox|address|account)|mailbox (?:is )?(?:full|unavailable|not found|disabled)|mailbox size limit",
    r"address(?:es)? (?:that )?(?:failed|had)|does ?n.t exist|does not exist|not (?:yet )?been delivered|delivery.{0,20}delayed",
    r"rejected (?:by|your|as)|(?:over|exceed\w*) (?:(?:its|the|his) )?quota|quota (?:is )?exceeded|did(?: not|n.t) reach|failed (?:addresses|recipient)",
    r"unknown host|host (?:unknown|not found)|no valid recipients|(?:invalid|unknown|bad) (?:user|address|recipient|mailbox|destination)",
    r"not a valid|unroute?able|unrouteable|recipient (?:address )?(?:rejected|unknown|not found|was not found)|wasn.t found at|couldn.t be found",
    r"message (?:was )?(?:blocked|rejected|refused)|has been (?:blocked|rejected|refused|quarantined) by|giv(?:en|ing) up|unsent message follows",
    # German, Dutch
    r"unzustellbar|nicht (?:an .{1,80} )?(?:zugestellt|zustellbar|.bermittelt|ausgeliefert)|zustellung .{0,60}(?:fehl|nicht)|unbekannter empf",
    r"empf.nger.{0,30}(?:unbekannt|nicht|existiert)|fehlgeschlagen|(?:postfach|mailbox).{0,40}(?:voll|existiert|unbekannt)",
    r"(?:e-?mail|nachricht) (?:wurde|konnte) .{0,40}(?:abgelehnt|abgewiesen|zur.ckgewiesen|nicht)",
    r"niet (?:worden )?(?:bezorg|afgelever)|onbestelbaar|kon niet worden|postvak.{0,20}vol",
    # French, Spanish, Portuguese, Italian, Romanian
    r"non (?:remis|distribu|d.livr)|n.a pas pu .tre|n.a pas .t. (?:remis|distribu|d.livr|envoy)|.chec (?:de |d.)?(?:la )?(?:remise|livraison|distribution|envoi)",
    r"bo.te.{0,40}(?:pleine|satur|n.existe)|destinataire.{0,30}(?:inconnu|n.existe|introuvable)|impossible de (?:remettre|livrer|distribuer)",
    r"no se (?:ha |han |pudo |puede |pudieron )|no (?:fue|ha sido) (?:posible )?entreg|(?:error|fallo) (?:de|en la) entrega|usuario (?:desconocido|no existe)|buz.n.{0,30}llen",
    r"n.o (?:p.de|foi|pode) (?:ser |poss.vel )?(?:entreg|enviad)|n.o p.de ser|falha (?:na|de|no) (?:entrega|envio)|caixa.{0,30}cheia|destinat.rio.{0,30}(?:inexistente|desconhecido)",
    r"non recapitat|impossibile (?:recapitare|consegnare)|mancat[ao] (?:consegna|recapito)|non . stato (?:possibile )?(?:recapitat|consegnat|inoltrat)|casella.{0,30}piena",
    r"nu a putut fi (?:livrat|trimis)",
    # Northern and eastern Europe, Turkey, Greece
    r"(?:kunde|kan|kunne) (?:inte|ikke) (?:leverer?as|leveres|sendes|levereres)|kunne ikke leveres|ikke leveret|olevererbar|ei voitu toimittaa",
    r"niedostarcz|nie (?:zosta.a |mo.na |uda.o si. )(?:dostarcz|dor.cz)|nedoru.|nelze doru.it|nepoda.ilo se doru|nem k.zbes.thet|k.zbes.thetetlen",
    r"teslim edilemedi|iletilemedi|g.nderilemedi|δεν (?:παραδόθηκε|ήταν δυνατή)|αδυναμία παράδοσης",
    r"не (?:было |был |была )?доставлен|недоставлен|не может быть доставлен|не уда(?:лось|ется|ётся) (?:доставить|отправить)|ошибка доставки",
    r"(?:пользователь|получатель|адрес|ящик).{0,40}(?:не найден|не существует|переполнен|неизвестен)|не вдалося (?:доставити|надіслати)",
    # China, Japan, Korea, Arabic, Hebrew
    r"退信|退回|无法(?:投递|发送|送达|传送|递送|送到)|無法(?:投遞|傳送|遞送|送達|寄送|寄達)|(?:投递|发送|递送|传输|傳送|寄送)失[败敗]|邮箱已满|未送达|拒收|用户不存在",
    r"配信(?:でき|不能|エラー|失敗|不可)|配送(?:でき|不能|エラー|失敗)|送信(?:でき|エラー|失敗)|届けられ|お届けでき|届きません|宛先(?:不明|が見つか|アドレスが)|配達(?:でき|不能)|返送|エラーメール",
    r"반송|전송 ?실패|(?:전달|배달|전송)(?:되지|할 수 없)|수신자를 찾을 수|تعذر (?:تسليم|إرسال)|فشل (?:التسليم|تسليم)|لم يتم تسليم|לא נמסר|לא ניתן היה למסור",
)
FAILURE = _any(*_UNDELIVERED)

FAILURE_SUBJECT = re.compile(
    r"^\W*(?:(?:un)?deliver(?:able|ed mail returned|y (?:status|failure|report|problem|has|notif|error|incomplete|to))|mail (?:delivery )?"
    r"(?:fail|error|delivery|system error|could not)|failure (?:notice|delivery)|returned? (?:mail|to sender|message|e-?mail)|bounced? mail"
    r"|(?:warning|notice): (?:could not send|message|e-?mail)|e-?mail (?:delivery|returned|could)|message (?:delivery|status|undeliverable)"
    r"|non[- ]?deliver|nondeliverable|notification (?:d.état|of delivery)|unzustellbar|zustell(?:ung|status)|nicht zustellbar|unknown user"
    r"|undelivered|undeliver|rejected mail|could not deliver|user unknown|delay(?:ed)? (?:mail|notif)|\*\*message you sent blocked"
    r"|onbestelbaar|non remis|.chec de la remise|mancat[ao] (?:consegna|recapito)|no se ha podido entregar|(?:error|fallo) (?:de|en la) entrega"
    r"|no se puede entregar|falha na entrega|n.o .{0,20}entreg|niedostarcz|nedoru.|не доставлено|недоставленн|не удается доставить|(?:系统|系統)?退信"
    r"|无法(?:投递|送达|传送)|無法(?:投遞|傳送|送達)|邮件(?:传输|发送|投递)失败|配信(?:不能|エラー|できません)|配送不能|送信エラー|반송)",
    re.I,
)

DELAY = _any(
    r"delay(?:ed)?\b|will (?:be retried|(?:keep|continue) (?:on )?(?:trying|to try)|retry|(?:be )?attempt)|still (?:trying|being|queued)|try(?:ing)? again",
    r"not yet been delivered|you do not need to resend|warning: (?:could not send|message)|temporar(?:y|ily) (?:fail|problem|defer)|only a warning",
    r"noch nicht zugestellt|verz.gert|erneut versuch|weiterhin versuch|retard[ée]|sera r.essay|nouvelle tentative|se (?:seguir|volver).{0,20}intent|demor|ritardo|riprover",
    r"tentar novamente|atrasad|vertraag|opnieuw (?:geprobeerd|proberen)|opóźni|zpoždě|задерж|повтор\w* попыт|будет предпринята|延迟|延遲|稍后重试|遅延|再送|再試行",
)
GIVEN_UP = _any(
    r"giv(?:en|ing) up|permanent|undeliverable|could not be delivered|failed to deliver|expired|unzustellbar|not going to try again",
    r"no (?:further|more) (?:attempts|delivery)|in the queue too long|keine weiteren (?:versuche|zustell)|endg.ltig|d.finitiv|definitiv|最终|окончательн",
)

AWAY_SUBJECT = re.compile(
    r"^\W*(?:auto(?:matic|mated)?[- ]?(?:reply|response|answer|responder)|autoreply|out of (?:the )?office|ooo\b|abwesen|automatische (?:antwort|r.ckmeldung)"
    r"|auto:|vacation|on vacation|away from|r.ponse automatique|absence|absent|respuesta autom.tica|fuera de (?:la )?oficina|risposta automatica|fuori (?:sede|ufficio)"
    r"|automatisch(?:e)? antwoord|afwezig|resposta autom.tica|ausente|ich bin (?:nicht im b.ro|im urlaub|abwesend)|i am (?:out|away)|absent du bureau"
    r"|autosvar|automatisk svar|automatiskt svar|frånvaro|fravær|automaattinen vastaus|poissa|odpowied. automatyczna|autoodpowied|nieobecno|automatick. odpov"
    r"|otomatik yan|automatikus v.lasz|автоответ|автоматический ответ|нет на месте|自动回复|自動回覆|自動回信|自動応答|自動返信|不在|자동 ?(?:응답|회신)|부재중)",
    re.I,
)
# With a colon behind it no person types it: programs put it before the subject that they answer.
AWAY_PREFIX = re.compile(
    r"^\W{0,3}(?:auto(?:matic|mated)?[- ]?(?:reply|response)|autoreply|out of (?:the )?office(?: (?:auto)?reply)?|automatische (?:antwort|r.ckmeldung)|abwesenheitsnotiz"
    r"|r.ponse automatique|respuesta autom.tica|risposta automatica|automatisch antwoord|resposta autom.tica|automatisk(?:t)? svar|autosvar|automaattinen vastaus"
    r"|odpowied. automatyczna|automatick. odpov..|otomatik yan.t|автоответ|автоматический ответ|自动回复|自動回覆|自動応答|자동 ?(?:응답|회신))\)?\s*[:：]\s*\S",
    re.I,
)
AWAY_WORDS = _any(
    r"(?:i am|i.m|i will be) (?:currently |presently |now )?(?:out of (?:the |my )?office|away|on (?:annual |parental |sick |maternity )?(?:leave|vacation|holiday))",
    r"ich bin .{0,60}(?:nicht im (?:b.ro|haus|dienst)|im urlaub|abwesend|au.er haus|nicht erreichbar|in elternzeit)",
    r"je suis .{0,40}(?:absent|en cong|en vacances)|estoy .{0,40}(?:fuera de|de vacaciones|ausente)|estar. .{0,30}(?:fuera de la oficina|de vacaciones)",
    r"(?:sono|sar.) .{0,40}(?:fuori (?:sede|ufficio)|in ferie|assente)|estou .{0,40}(?:ausente|de f.rias|fora do escrit)|ik ben .{0,40}(?:afwezig|met vakantie|niet aanwezig)",
    r"jag .r .{0,30}(?:p. semester|bortrest|ledig)|jeg er .{0,30}(?:p. ferie|ikke p. kontoret|bortreist)|jestem .{0,30}(?:nieobecn|na urlopie)|(?:я )?(?:нахожусь )?в отпуске|休假|不在办公室|休暇",
)
BACK_AGAIN = _any(
    r"\b(?:until|through|return(?:ing)?|back (?:on|in|at)|limited access|in urgent|urgent (?:matters|cases)|in my absence|contact my)\b",
    r"\bbis (?:zum|einschlie|\d)|wieder (?:erreichbar|im|da|f.r sie)|in dringenden|vertretung|meiner (?:abwesenheit|r.ckkehr)|\bab dem\b",
    r"jusqu.au|de retour|en mon absence|en cas d.urgence|hasta el|regreso|en mi ausencia|fino al|al mio (?:ritorno|rientro)|at. o? ?dia|regresso|tot en met|terug op|till och med|\bdo dnia\b|\bдо \d|вернусь",
)

CHALLENGE = _any(
    r"(?:confirm|prove|verify) (?:that )?you(?:.re| are) (?:a )?(?:human|real|not a (?:robot|machine|spammer))",
    r"(?:your|the) (?:message|e-?mail|mail) (?:is being held|has been held|is on hold|was held|is waiting|has not (?:yet )?been delivered)"
    r".{0,200}(?:confirm|click|reply|verif|approv)",
    r"(?:reply to|click).{0,80}(?:to (?:confirm|release|authenticate|have your (?:message|e-?mail) delivered))",
    r"(?:spam ?arrest|boxbe|challenge[- ]response|sender (?:verification|confirmation)|tagged message delivery agent|\btmda\b|mailinblack|vanquish|uol antispam)",
    r"best.tigen sie.{0,60}(?:mensch|absender|keine maschine|kein (?:roboter|spam))|confirmez.{0,60}(?:humain|exp.diteur)|confirme.{0,40}(?:humano|remitente|remetente)",
    flags=re.I | re.S,
)
