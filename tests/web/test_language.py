"""How pages say things in the reader's language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from babel.dates import format_timedelta
from flask import Flask, render_template_string

from helpdesk import clock
from helpdesk.web.language import Dates
from tests.conftest import MONDAY

MINUTE, HOUR, DAY = 60, 3600, 86400
AGO = (0, 59, 60, 89, 90, 150, 151, 3563, 3563.5, 3564, 5 * HOUR + 1800, 85535, 85536, 2 * DAY + DAY / 2, 6.9 * DAY, 6.95 * DAY, 29 * DAY,
       29.8 * DAY, 200 * DAY, 361 * DAY, 362 * DAY, 900 * DAY)  # fmt: skip


@pytest.mark.parametrize("language", ["en", "de"])
def test_spans_are_said_as_the_unicode_consortium_says_them(app: Flask, language: str) -> None:
    say, said, meant = Dates(app.database.house.settings), [], []  # type: ignore[attr-defined]
    with clock.freeze(clock.now()), app.test_request_context(headers={"Accept-Language": language}):
        for seconds in AGO:
            said.append(say.span(clock.now() - timedelta(seconds=seconds)))
            back = -max(timedelta(seconds=seconds), timedelta(seconds=MINUTE))
            meant.append(format_timedelta(back, threshold=0.99, locale=language, add_direction=language == "de"))
    assert said == [text.removeprefix("vor ") for text in meant]


def test_what_is_filled_into_a_sentence_is_escaped_and_a_sentence_without_gaps_is_one_too(app: Flask) -> None:
    page = "{{ _('Select: %(name)s, %(subject)s', name='<b>', subject=name) }} {{ _('100%%') }} {{ ngettext('%(num)s case', '%(num)s cases', 2) }}"
    with app.test_request_context(headers={"Accept-Language": "de"}):
        assert render_template_string(page, name="&") == "Auswählen: &lt;b&gt;, &amp; 100% 2 Fälle"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert render_template_string(page, name="&") == "Select: &lt;b&gt;, &amp; 100% 2 cases"


@pytest.mark.parametrize(
    ("language", "alone", "amid"),
    [("en", ["Today, 10:00", "Yesterday, 10:00", "Sat 31 Oct, 10:00"], ["today, 10:00", "yesterday, 10:00", "Sat 31 Oct, 10:00"]),
     ("de", ["Heute, 10:00", "Gestern, 10:00", "Sa, 31. Okt, 10:00"], ["heute, 10:00", "gestern, 10:00", "Sa, 31. Okt, 10:00"])],
)  # fmt: skip
def test_a_time_begins_small_in_the_midst_of_a_sentence(app: Flask, language: str, alone: list[str], amid: list[str]) -> None:
    say = Dates(app.database.house.settings)  # type: ignore[attr-defined]
    with clock.freeze(MONDAY), app.test_request_context(headers={"Accept-Language": language}):
        times = [MONDAY - timedelta(days=days) for days in range(3)]
        assert [say.when(at) for at in times] == alone
        assert [say.amid(at) for at in times] == amid
