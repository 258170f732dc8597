"""The cases: lists and search, the page of one, writing, deeds."""

from helpdesk.web.cases import (
    compose,
    deeds,
    facts,
    judge,
    list,
    page,
    requester,
    suggest,
)

blueprints = (
    list.bp,
    page.bp,
    compose.bp,
    deeds.bp,
    judge.bp,
    requester.bp,
    facts.bp,
    suggest.bp,
)
