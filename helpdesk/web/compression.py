"""Answers travel gzipped: a long case is mostly the same few words of markup.

An answer that repeats words of its own address is not: its length would tell whoever watches the line, and can make a browser open
addresses, what else stands in it (BREACH).  Form tokens are masked anew in each answer for the same reason.
"""

from __future__ import annotations

import gzip

from flask import Flask, request
from werkzeug import Response

LEAST = 1_000  # octets; less gains nothing
_LEVEL = 4  # a sixth of the time of 9, for a tenth more octets
_TEXTS = ("text/html", "text/css", "text/javascript", "image/svg+xml")


def install(app: Flask) -> None:
    """Compress what goes out."""
    small: dict[tuple[str, str], bytes] = {}

    @app.after_request
    def compress(response: Response) -> Response:
        if response.mimetype not in _TEXTS or response.status_code in (206, 304) or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        is_static = request.endpoint == "static"
        if not request.accept_encodings.quality("gzip") or (request.query_string and not is_static) or request.method != "GET":
            return response
        response.direct_passthrough = False
        content = response.get_data()
        response.close()  # the file that it was read from
        if len(content) < LEAST:
            return response
        key = (request.path, response.get_etag()[0] or "")
        packed = small.get(key) if is_static else None
        if packed is None:
            packed = gzip.compress(content, _LEVEL, mtime=0)
            if is_static:
                small[key] = packed
        response.set_data(packed)
        response.headers["Content-Encoding"] = "gzip"
        etag, _weak = response.get_etag()
        if etag:
            response.set_etag(etag, weak=True)  # the same words in other bytes (RFC 9110 §8.8.3)
        return response
