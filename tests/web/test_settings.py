"""Settings: desks, teams, agents, outgoing mail, API tokens; for admins, and without losing what was typed."""

from __future__ import annotations

import re

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from helpdesk import clock
from helpdesk.actions import agents, api_tokens, cases, desks, relay
from helpdesk.db import Database
from helpdesk.models import Agent, ApiToken, Case, Desk, Event, OutboxMail, Team
from tests.web.browsing import Browser, anna_writes, open_pages, words_of

PAGES = [
    "/settings", "/settings/desks", "/settings/desks/new", "/settings/desks/1", "/settings/teams", "/settings/teams/new",
    "/settings/agents", "/settings/agents/new", "/settings/agents/1", "/settings/mailboxes", "/settings/mailboxes/new",
    "/settings/outgoing", "/settings/reply-domain", "/settings/tokens",
]  # fmt: skip
DEEDS = [
    "/settings/desks", "/settings/desks/1", "/settings/teams", "/settings/agents", "/settings/agents/1",
    "/settings/agents/1/invite", "/settings/mailboxes", "/settings/mailboxes/look", "/settings/reply-domain", "/settings/reply-domain/test", "/settings/tokens", "/settings/tokens/1/revoke",
]  # fmt: skip
DESK = {"name": "Sales", "address": "sales@example.org", "team": "", "language": "en", "sender": "full", "acknowledges": "1"}


def add_team(database: Database, name: str = "Returns") -> int:
    with database.transaction() as session:
        return desks.add_team(session, name, agent=None, now=clock.now()).id


def id_of(database: Database, email: str) -> int:
    with database.reading() as session:
        return session.scalars(select(Agent.id).where(Agent.email == email)).one()


# ── who may ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_settings_do_not_exist_for_agents_and_supervisors(browser) -> None:
    for window in (browser("bob"), browser("carol")):
        assert {path: window.get(path).status_code for path in PAGES} == dict.fromkeys(PAGES, 404)
        assert {path: window.post(path).status_code for path in DEEDS} == dict.fromkeys(DEEDS, 404)
        assert 'href="/settings"' not in window.get("/people").text


def test_an_admin_gets_every_page_in_both_languages(browser) -> None:
    ada = browser("ada")
    for language in ("en", "de"):
        found = {path: ada.get(path, headers={"Accept-Language": language}).status_code for path in PAGES}
        assert found == dict.fromkeys(PAGES, 200)


def test_no_setting_is_changed_without_the_token_of_the_form(browser) -> None:
    ada = browser("ada")
    assert {path: ada.client.post(path, data={}).status_code for path in DEEDS} == dict.fromkeys(DEEDS, 403)


def test_a_field_that_a_page_does_not_have_is_refused(browser, database) -> None:
    ada = browser("ada")
    assert ada.post("/settings/desks", {**DESK, "id": "1"}).status_code == 400
    assert ada.post("/settings/agents/1", {"name": "B", "role": "agent", "active": "1", "password_hash": "x"}).status_code == 400


def test_what_is_not_there_is_not_found(browser) -> None:
    ada = browser("ada")
    for path in ("/settings/desks/99", "/settings/teams/99", "/settings/agents/99", "/settings/mailboxes/99"):
        assert ada.get(path).status_code == 404


# ── desks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_desk_is_opened_and_listed(browser, database) -> None:
    ada, team = browser("ada"), add_team(database)
    answer = ada.post("/settings/desks", {**DESK, "team": str(team), "sender": "desk", "acknowledges": ""}, follow_redirects=True)
    words = words_of(answer)
    assert "Sales is open." in words
    assert "sales@example.org Returns English No" in words
    with database.reading() as session:
        desk = session.scalars(select(Desk).where(Desk.address == "sales@example.org")).one()
        assert (desk.sender, desk.acknowledges, desk.active) == ("desk", False, True)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"address": "sales"}, "address", "“sales” is not a mail address like help@example.org."),
        ({"address": "help@example.org"}, "address", "help@example.org is a front desk already."),
        ({"address": "bob@example.org"}, "address", "mail to it would run in a circle"),
        ({"team": "99"}, "team", "Choose one from the list."),
        ({"language": "fr"}, "language", "Choose one of the languages of the list."),
        ({"sender": "king"}, "sender", "Choose one of the senders of the list."),
    ],
)
def test_a_desk_that_could_not_work_is_refused_at_its_field_and_nothing_typed_is_lost(
    browser, database, wrong, field, sentence
) -> None:
    answer = browser("ada").post("/settings/desks", {**DESK, "name": "Sales & more", **wrong})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert f'id="x-{field}"' in answer.text
    assert words_of(answer).count(sentence) == 2
    assert 'value="Sales &amp; more"' in answer.text
    with database.reading() as session:
        assert session.scalars(select(Desk.address)).all() == ["help@example.org"]


def test_refusals_are_said_in_the_readers_language(browser) -> None:
    answer = browser("ada").post("/settings/desks", {**DESK, "address": "sales"}, headers={"Accept-Language": "de"})
    assert "„sales“ ist keine Mailadresse wie hilfe@example.org." in words_of(answer)


def test_a_desk_is_changed_but_for_its_address(browser, database) -> None:
    ada, team = browser("ada"), add_team(database)
    values = {"name": "Care", "team": str(team), "language": "de", "sender": "formal", "acknowledges": "", "active": "1"}
    assert ada.post("/settings/desks/1", {**values, "address": "x@example.org"}).status_code == 400
    assert "Saved." in words_of(ada.post("/settings/desks/1", values, follow_redirects=True))
    with database.reading() as session:
        desk = session.get_one(Desk, 1)
        assert (desk.name, desk.team_id, desk.language, desk.sender, desk.acknowledges) == ("Care", team, "de", "formal", False)
    page = ada.get("/settings/desks/1").text
    assert re.search(r'name="sender" value="formal" checked', page)
    assert 'value="Care"' in page


def test_the_last_door_stays_open(browser, database) -> None:
    values = {"name": "Care", "team": "", "language": "en", "sender": "full", "acknowledges": "1"}
    answer = browser("ada").post("/settings/desks/1", values)
    assert answer.status_code == 422
    assert "one door has to stay open" in words_of(answer)
    with database.reading() as session:
        desk = session.get_one(Desk, 1)
        assert (desk.active, desk.name) == (True, "Help desk")


# ── teams ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_team_is_added_with_its_members(browser, staff, database) -> None:
    ada, bob = browser("ada"), id_of(database, "bob@example.org")
    answer = ada.post("/settings/teams", {"name": "Returns", "members": [str(bob)]}, follow_redirects=True)
    assert "The team “Returns” is there." in words_of(answer)
    assert "Returns Bob" in words_of(answer)


def test_two_teams_of_one_name_are_refused_and_the_ticks_stay(browser, database) -> None:
    ada, bob = browser("ada"), id_of(database, "bob@example.org")
    add_team(database)
    answer = ada.post("/settings/teams", {"name": "Returns", "members": [str(bob)]})
    assert answer.status_code == 422
    assert "There is a team “Returns” already." in words_of(answer)
    assert f'name="members" value="{bob}" checked' in answer.text


def test_a_team_is_renamed_and_its_members_are_chosen_anew(browser, database) -> None:
    ada, team = browser("ada"), add_team(database)
    carol = id_of(database, "carol@example.org")
    with database.transaction() as session:
        found = session.get_one(Team, team)
        both = session.scalars(select(Agent).where(Agent.email.in_(("bob@example.org", "ada@example.org")))).all()
        desks.change_team(session, found, name="Returns", members=both, agent=None, now=clock.now())
        bob = next(a for a in both if a.email.startswith("bob"))
        agents.change(session, bob, {"active": False}, by=bob, now=clock.now())
    ada.post(f"/settings/teams/{team}", {"name": "Repairs", "members": [str(carol)]})
    with database.reading() as session:
        assert session.get_one(Team, team).name == "Repairs"
        members = {a.name for a in session.scalars(select(Agent).where(Agent.teams.any(Team.id == team)))}
        assert members == {"Carol", "Bob"}, "Bob was switched off and not on the page; when he is back, so is his team"


# ── agents ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_somebody_is_invited_by_mail(browser, database) -> None:
    ada, team = browser("ada"), add_team(database)
    form = {"name": "Dora", "email": "Dora@Example.org", "role": "supervisor", "language": "de", "teams": [str(team)]}
    answer = ada.post("/settings/agents", form, follow_redirects=True)
    assert "An invitation is on its way to dora@example.org." in words_of(answer)
    assert "Dora invited dora@example.org Supervisor Returns" in words_of(answer)
    with database.reading() as session:
        mail = session.scalars(select(OutboxMail)).one()
        assert (mail.kind, mail.recipient, mail.language) == ("invitation", "dora@example.org", "de")
        assert session.scalars(select(Event).where(Event.deed == "agent-invited")).one().agent.name == "Ada"


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"email": "dora"}, "email", "“dora” is not a mail address like bob@example.org."),
        ({"email": "bob@example.org"}, "email", "There is an agent with bob@example.org already."),
        ({"email": "help@example.org"}, "email", "is an address of the desk itself"),
        ({"email": "re-x@reply.example.org"}, "email", "is an address of the desk itself"),
        ({"role": "king"}, "role", "Choose one of the roles of the list."),
        ({"language": "fr"}, "language", "Choose one of the languages of the list."),
    ],
)
def test_an_invitation_that_could_not_work_is_refused_at_its_field(browser, database, wrong, field, sentence) -> None:
    form = {"name": "Dora", "email": "dora@example.org", "role": "agent", "language": "", "teams": [], **wrong}
    answer = browser("ada").post("/settings/agents", form)
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert sentence in words_of(answer)
    assert 'value="Dora"' in answer.text
    with database.reading() as session:
        assert session.scalars(select(OutboxMail)).all() == []


def test_whoever_has_no_password_yet_is_invited_again_and_nobody_else(browser, database) -> None:
    ada = browser("ada")
    ada.post("/settings/agents", {"name": "Dora", "email": "dora@example.org", "role": "agent", "language": ""})
    dora, bob = id_of(database, "dora@example.org"), id_of(database, "bob@example.org")
    assert f"/settings/agents/{dora}/invite" in ada.get(f"/settings/agents/{dora}").text
    assert "/invite" not in ada.get(f"/settings/agents/{bob}").text
    assert ada.post(f"/settings/agents/{dora}/invite").status_code == 303
    assert ada.post(f"/settings/agents/{bob}/invite").status_code == 404
    with database.reading() as session:
        assert len(session.scalars(select(OutboxMail)).all()) == 2


def test_a_role_is_changed_and_holds_at_once(browser, database) -> None:
    ada, bob = browser("ada"), browser("bob")
    form = {"name": "Bob", "role": "admin", "active": "1"}
    assert "Saved." in words_of(ada.post(f"/settings/agents/{id_of(database, 'bob@example.org')}", form, follow_redirects=True))
    assert bob.get("/settings").status_code == 302, "whoever gets another role logs in anew"
    bob.log_in("bob@example.org")
    assert bob.get("/settings").status_code == 200


def test_whoever_is_switched_off_is_out_and_their_cases_are_nobodys(browser, database) -> None:
    ada, bob, number = browser("ada"), browser("bob"), anna_writes(database)
    path = f"/settings/agents/{id_of(database, 'bob@example.org')}"
    with database.transaction() as session:
        holder = session.scalars(select(Agent).where(Agent.email == "bob@example.org")).one()
        cases.assign(session, session.get_one(Case, number), holder, agent=holder, now=clock.now())
    assert "The one open case of theirs" in words_of(ada.get(path))
    assert ada.post(path, {"name": "Bob", "role": "agent"}).status_code == 303
    assert bob.get("/people").status_code == 302
    assert bob.log_in("bob@example.org").status_code == 401
    assert "switched off" in words_of(ada.get("/settings/agents"))
    with database.reading() as session:
        assert session.get_one(Case, number).assignee is None


@pytest.mark.parametrize(("form", "field"), [({"role": "agent", "active": "1"}, "role"), ({"role": "admin"}, "active")])
def test_the_last_admin_cannot_lock_everybody_out(browser, database, form, field) -> None:
    ada = browser("ada")
    answer = ada.post(f"/settings/agents/{id_of(database, 'ada@example.org')}", {"name": "Ada", **form})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert ada.get("/settings").status_code == 200


# ── outgoing mail ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_how_mail_leaves_is_shown_without_the_password(settings, database, staff) -> None:
    relay = SecretStr("smtps://desk:hush-hush@relay.example.org:465")
    other = Database(settings.model_copy(update={"relay": relay, "outgoing": "hold"}))
    ada = Browser(open_pages(other))
    ada.log_in("ada@example.org")
    page = ada.get("/settings/outgoing")
    words = words_of(page)
    assert "relay.example.org:465" in words
    assert "desk" in words
    assert "Nothing leaves before go-live. 0 mails wait." in words
    assert "hush-hush" not in page.text
    other.close()


# ── API tokens ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_token_is_shown_once_and_works(browser, database) -> None:
    ada = browser("ada")
    page = ada.post("/settings/tokens")
    token = re.search(r"hl_[\w-]{40,}", page.text)
    assert token is not None
    assert "it is shown this once" in words_of(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert token[0] not in ada.get("/settings/tokens").text
    with database.reading() as session:
        owner = api_tokens.agent_of(session, token[0])
        assert owner is not None
        assert owner.email == "ada@example.org"


def test_a_token_is_revoked_by_its_owner_and_nobody_else(browser, database) -> None:
    ada = browser("ada")
    with database.transaction() as session:
        by_email = {a.email: a for a in session.scalars(select(Agent))}
        own, others = (api_tokens.create(session, by_email[f"{n}@example.org"], now=clock.now()) for n in ("ada", "carol"))
    assert ada.get("/settings/tokens").text.count("/revoke") == 1
    ids = {"ada": 1, "carol": 2}
    assert ada.post(f"/settings/tokens/{ids['carol']}/revoke").status_code == 404
    assert "opens nothing any more" in words_of(ada.post(f"/settings/tokens/{ids['ada']}/revoke", follow_redirects=True))
    with database.reading() as session:
        assert api_tokens.agent_of(session, own) is None
        assert api_tokens.agent_of(session, others) is not None
        assert len(session.scalars(select(ApiToken)).all()) == 2


def test_what_the_relay_has_taught_us_and_how_it_does_is_shown(browser, database) -> None:
    ada = browser("ada")

    def words() -> str:
        return words_of(ada.get("/settings/outgoing"))

    assert "not asked yet" in words()
    assert "an address of its own for each answer, none for automatic mail" in words()
    with database.transaction() as session:
        relay.answered(session, now=clock.now())
        relay.insists_on_own_sender(session, "550 5.7.60 not as this sender", now=clock.now())
    assert "answers us" in words()
    assert "always help@example.org, for the relay takes no other 550 5.7.60 not as this sender" in words()
    with database.transaction() as session:
        relay.failed(session, "The relay did not answer in time.", refused=False, now=clock.now())
    assert "Trouble The relay did not answer in time." in words()
