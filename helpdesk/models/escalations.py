"""What has to reach somebody who can help: escalations, whom each was told to, and the addresses on the web that hear of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, false, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from helpdesk.db import Base
from helpdesk.models.cases import Case
from helpdesk.models.clocks import CaseClock
from helpdesk.models.people import Agent, Team


class Escalation(Base):
    """One reason why one case needs somebody, raised once for each cause, from then until it is over.

    Who holds which case now, and who was told of it, is the work itself: HOLDLINE_PERSON_FIGURES does not touch this table, but no
    figure about a person may be made of it unless that setting permits it.
    """

    __tablename__ = "escalation"
    __table_args__ = (
        Index("uq_escalation_cause", "case_number", "reason", "cause", unique=True),  # two who raise at once raise one
        Index("ix_escalation_raised", "raised_at", "closed_at"),
        Index("ix_escalation_closed", "closed_at", "raised_at"),  # what was open at an instant
        # Few are open at a time, and of those few something comes next: sweeps and pages read only these.
        Index(
            "ix_escalation_open",
            "case_number",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_escalation_next",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_number: Mapped[int] = mapped_column(ForeignKey("cases.number"))
    reason: Mapped[str]  # policies.escalation.Reason
    cause: Mapped[str]  # what it is about, once for each reason: «clock 12», «entry 40», «reopening 2», «promise 3»
    clock_id: Mapped[int | None] = mapped_column(ForeignKey("case_clock.id"))
    alarm_id: Mapped[int | None] = mapped_column(ForeignKey("case_alarm.id"))
    due_at: Mapped[datetime | None]  # the deadline, or the promised time, that it is about
    level: Mapped[int]  # the highest that was told so far; 0: nobody yet
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))  # who held the case at the deadline, or when it was raised
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # who asked for help; None: the desk noticed by itself
    words: Mapped[str] = mapped_column(default="")  # what they said; for colleagues
    raised_at: Mapped[datetime]
    next_at: Mapped[datetime | None]  # when the next level hears of it, or somebody is reminded; None: never
    would_be_next_at: Mapped[datetime | None]  # the same, had nobody acted: the deed may be taken back
    told_at: Mapped[datetime]  # when a level heard of it, or was reminded, last
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))
    first_action_at: Mapped[
        datetime | None
    ]  # when somebody did anything about it: saw, took, handed over, noted, answered, solved
    outcome: Mapped[str | None]  # policies.escalation.Outcome; None while it is open
    closed_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship()
    clock: Mapped[CaseClock | None] = relationship()
    team: Mapped[Team | None] = relationship()
    holder: Mapped[Agent | None] = relationship(foreign_keys=[holder_id])
    by: Mapped[Agent | None] = relationship(foreign_keys=[by_id])
    acknowledged_by: Mapped[Agent | None] = relationship(foreign_keys=[acknowledged_by_id])


class EscalationTelling(Base):
    """One agent was told of an escalation: at once on the pages, and by mail when the mail is due.  As with Escalation: no figures."""

    __tablename__ = "escalation_telling"
    __table_args__ = (
        Index("ix_escalation_telling_of", "escalation_id", "agent_id"),
        Index("ix_escalation_telling_agent", "agent_id", "escalation_id"),
        Index(
            "ix_escalation_telling_mail",
            "mail_at",
            sqlite_where=text("mail_at IS NOT NULL"),
            postgresql_where=text("mail_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    escalation_id: Mapped[int] = mapped_column(ForeignKey("escalation.id"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agent.id"))
    level: Mapped[int]
    at: Mapped[datetime]  # when it stood on their pages
    how: Mapped[str]  # web, mail (as well), dropped (a mail that waited and was needed no more)
    mail_at: Mapped[datetime | None]  # when the mail that waits for working time leaves; None: none waits
    instead_of_id: Mapped[int | None] = mapped_column(ForeignKey("agent.id"))  # the absent colleague whose deputy is told

    escalation: Mapped[Escalation] = relationship()
    agent: Mapped[Agent] = relationship(foreign_keys=[agent_id])
    instead_of: Mapped[Agent | None] = relationship(foreign_keys=[instead_of_id])


class EscalationLevel(Base):
    """Whom a deadline policy tells at a level, when, and how.  Without rows it does as policies.escalation.DEFAULTS say."""

    __tablename__ = "escalation_level"

    policy_id: Mapped[int] = mapped_column(ForeignKey("deadline_policy.id", ondelete="CASCADE"), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)  # from 1 on
    whom: Mapped[str]  # policies.escalation.Whom
    after_minutes: Mapped[int]  # working time without an acknowledgement since the level before was told
    by_mail: Mapped[bool] = mapped_column(default=True, server_default=true())
    at_any_time: Mapped[bool] = mapped_column(default=False, server_default=false())  # mailed outside working hours as well


class Webhook(Base):
    """An address on the web that hears of escalations."""

    __tablename__ = "webhook"

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    secret: Mapped[str]  # what its signatures are made with
    private: Mapped[bool] = mapped_column(default=False, server_default=false())  # may lie in a private network: an admin said so
    active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime]


class WebhookCall(Base):
    """One message to a webhook: written in the transaction of what it tells of, and tried until it is taken or given up."""

    __tablename__ = "webhook_call"
    __table_args__ = (
        Index(
            "ix_webhook_call_due", "due_at", sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL")
        ),
        Index("ix_webhook_call_of", "webhook_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    escalation_id: Mapped[int | None] = mapped_column(ForeignKey("escalation.id"))  # None: a test
    event: Mapped[str]  # policies.webhooks.Event
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # of the next try; None: taken, or given up
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default="queued")  # queued sent failed
    answer: Mapped[str] = mapped_column(default="")  # what the other side said last, or what went wrong

    webhook: Mapped[Webhook] = relationship()
