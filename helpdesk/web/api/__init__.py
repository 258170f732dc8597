"""The desk for other programs: JSON under /api/v1.  Reads ask queries, writes do actions: the same ones as the pages."""

from __future__ import annotations

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from helpdesk.web.api import (
    cases,
    deeds,
    details,
    errors,
    escalations,
    files,
    friction,
    judge,
    kinship,
    merging,
    openapi,
    post,
    report_files,
    reports,
    together,
    undo,
)
from helpdesk.web.api.door import TokenDoor

bp = Blueprint("api", __name__, url_prefix="/api/v1")

_SUBJECTS = (
    cases.bp,
    deeds.bp,
    details.bp,
    judge.bp,
    friction.bp,
    merging.bp,
    kinship.bp,
    together.bp,
    undo.bp,
    escalations.bp,
    files.bp,
    post.bp,
    reports.bp,
    report_files.bp,
    openapi.bp,
)

errors.install(bp)
for _subject in _SUBJECTS:
    bp.register_blueprint(_subject)


@bp.record_once
def _open_the_door(state: BlueprintSetupState) -> None:
    """No cookie opens any of this."""
    state.app.doors.update({f"{bp.name}.{subject.name}": TokenDoor() for subject in _SUBJECTS})  # type: ignore[attr-defined]
