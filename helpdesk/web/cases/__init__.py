"""The cases: lists and search, the page of one, writing, deeds."""

from helpdesk.web.cases import (
    bulk,
    calls,
    compose,
    deeds,
    details,
    facts,
    handovers,
    judge,
    list,
    page,
    release,
    requester,
    settling,
    suggest,
    undo,
)

blueprints = (
    list.bp,
    page.bp,
    compose.bp,
    deeds.bp,
    judge.bp,
    requester.bp,
    facts.bp,
    handovers.bp,
    suggest.bp,
    release.bp,
    details.bp,
    calls.bp,
    settling.bp,
    bulk.bp,
    undo.bp,
)
