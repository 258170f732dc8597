"""Every route × every role (W1).  The routes are asked of the application itself, so none can be forgotten.

What a role may is one table (policies.permissions, written a second time in tests/policies/test_permissions.py); what is shown here is
that each route keeps to it, and that a case which is not for somebody answers every route as if there were none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest

from helpdesk import clock
from helpdesk.actions import api_tokens
from helpdesk.models import Agent
from helpdesk.policies.permissions import may
from helpdesk.queries import people
from helpdesk.web.access import PUBLIC, is_reading, mark_of
from tests.secret import Secret, hide
from tests.web.api.test_access import BODIES

ROLES = {"bob": "agent", "carol": "supervisor", "ada": "admin", "olga": "auditor"}
PARAMETER = re.compile(r"<(?:[^:<>]+(?:\([^)]*\))?:)?(\w+)>")

# Whatever is posted by somebody who only reads: their own account and lists, that they look, that they save what they may read.
READERS_POST = {
    "POST /cases/<number>/noticed", "POST /cases/<number>/presence", "POST /entries/<entry_id>/html", "POST /audit/export", "POST /cases/<number>/pdf",
    "POST /cases/bulk", "POST /cases/undo",  # these two ask for the permission of each deed that they do
}  # fmt: skip
FORMS = {"POST /cases/<number>/addresses/<address_id>/extend": {"days": "7"}}
GUARDED = ("GET /away",)  # shows nothing but addresses that we signed ourselves
OWN = ("account.change",)
# Parameters that name a thing of a case: the id of the hidden one stands for it.  A new one has to be named here, or below.
OF_A_CASE = (
    "number",
    "entry_id",
    "attachment_id",
    "arrival_id",
    "mail_id",
    "person_id",
    "row_id",
    "address_id",
    "escalation_id",
    "friction_id",
)
OF_THE_DESK = (
    "agent_id", "team_id", "desk_id", "mailbox_id", "token_id", "form_id", "field_id", "tag_id", "suggestion_id", "absence_id", "view_id",
    "block_id", "calendar_id", "closed_id", "policy_id", "webhook_id", "language", "token", "name", "path", "report", "schedule_id",
)  # fmt: skip


@dataclass(frozen=True)
class Route:
    """One method of one rule, and the deed that its view is marked with."""

    method: str
    rule: str
    deed: str | None
    only_reads: bool

    def __str__(self) -> str:
        return f"{self.method} {PARAMETER.sub(lambda found: f'<{found[1]}>', self.rule)}"

    @property
    def parameters(self) -> list[str]:
        return PARAMETER.findall(self.rule)

    def path(self, ids: dict[str, object]) -> str:
        return PARAMETER.sub(lambda found: str(ids.get(found[1], 1)), self.rule)

    @property
    def is_api(self) -> bool:
        return self.rule.startswith("/api/")


def routes(app) -> list[Route]:
    found = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        found += [Route(method, rule.rule, mark_of(view), method == "GET" or is_reading(view)) for method in methods]
    return sorted(found, key=str)


@pytest.fixture()
def ways(app, browser, database, olga):
    """`ways(name, route, ids)`: the status that this person gets there, by browser or by token; None is nobody."""
    tokens: dict[str, str] = {}
    windows = {name: browser(name) for name in (None, *ROLES)}

    def go(name: str | None, route: Route, ids: dict[str, object]) -> int:
        path = route.path(ids)
        if not route.is_api:
            window = windows[name]
            return (window.get(path) if route.method == "GET" else window.post(path, FORMS.get(str(route)))).status_code
        if name is not None and name not in tokens:
            with database.transaction() as session:
                tokens[name] = api_tokens.create(session, people.agent_by_email(session, f"{name}@example.org"), now=clock.now())
        headers = {"Authorization": f"Bearer {tokens[name]}"} if name else {}
        body = BODIES.get(f"{route.method} {route.rule.removeprefix('/api/v1')}")
        more = {} if body is None else {"json": body}
        return app.test_client().open(path, method=route.method, headers=headers, **more).status_code

    return go


def test_every_route_says_what_it_takes(app) -> None:
    assert [str(route) for route in routes(app) if route.deed is None] == []


def test_every_parameter_is_known_to_this_matrix(app) -> None:
    unknown = {
        f"{route}: {name}"
        for route in routes(app)
        for name in route.parameters
        if "number" not in route.parameters and name not in (*OF_A_CASE, *OF_THE_DESK)
    }
    assert unknown == set(), "say in tests/web/test_matrix.py whether it is a thing of a case"


def test_whoever_only_reads_can_post_nothing_but_what_is_their_own(app) -> None:
    olga = Agent(id=1, role="auditor", active=True)
    posts = [
        route for route in routes(app) if not route.only_reads and route.deed not in (PUBLIC, *OWN) and may(olga, route.deed)
    ]
    assert {str(route) for route in posts} <= READERS_POST


def test_what_a_role_may_not_do_is_not_there_for_it(app, ways) -> None:
    wrong = []
    for route in routes(app):
        if route.deed == PUBLIC:
            continue
        out = ways(None, route, {})
        if out != 401 and not (out == 302 and route.method == "GET" and not route.is_api):
            wrong.append(f"nobody: {route} {out}")
        for name, role in ROLES.items():
            if not may(Agent(id=1, role=role, active=True), route.deed) and ways(name, route, {}) != 404:
                wrong.append(f"{role}: {route}")
    assert wrong == []


def test_what_a_role_may_do_is_there_for_it(app, ways) -> None:
    wrong = []
    for route in routes(app):
        if route.deed == PUBLIC or route.parameters or route.method != "GET" or str(route) in GUARDED:
            continue
        for name, role in ROLES.items():
            if may(Agent(id=1, role=role, active=True), route.deed) and ways(name, route, {}) not in (200, 204, 303, 400):
                wrong.append(f"{role}: {route}")
    assert wrong == []


def test_a_case_that_is_not_for_them_is_not_there_on_any_route(app, ways, database, staff) -> None:
    secret = hide(database, "case", staff["bob"], [])
    ids = ids_of(secret)
    wrong = []
    for route in routes(app):
        if route.deed == PUBLIC or not set(route.parameters) & set(OF_A_CASE) or route.rule.startswith("/settings"):
            continue
        for name, role in ROLES.items():
            if name != "bob" and (status := ways(name, route, ids)) != 404:
                wrong.append(f"{role}: {route} {status}")
        if route.method == "GET" and (status := ways("bob", route, ids)) not in (200, 204, 303, 400, 404):
            wrong.append(f"insider: {route} {status}")
    assert wrong == []


def ids_of(secret: Secret) -> dict[str, object]:
    return {**vars(secret), "row_id": secret.outbox_id}
