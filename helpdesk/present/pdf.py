"""Documents: a template of `templates/report/` and data make a PDF that a screen reader can read.

What people wrote goes in as JSON and is shown letter by letter; the template alone is markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime

import typst

from helpdesk.db import asset

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def document(name: str, data: Mapping[str, object], *, at: datetime) -> bytes:
    """The PDF of `templates/report/<name>.typ` with this data, dated as of that instant."""
    source = str(asset("templates") / "report" / f"{name}.typ")
    inputs = {"data": json.dumps(_printable(data), ensure_ascii=False)}
    when = int(at.timestamp())
    try:
        return typst.compile(source, format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=when)
    except typst.TypstError:
        # PDF/UA permits no letter without a glyph; where no font here has one, a box in a plain PDF is better than none.
        return typst.compile(source, format="pdf", sys_inputs=inputs, timestamp=when)


def _printable(value: object) -> object:
    """The same without letters that no printer knows."""
    if isinstance(value, str):
        return _UNPRINTABLE.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {name: _printable(one) for name, one in value.items()}
    return [_printable(one) for one in value] if isinstance(value, list | tuple) else value
