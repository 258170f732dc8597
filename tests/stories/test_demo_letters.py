"""What a newcomer meets in the playground came as mail and went the way of all mail."""

from __future__ import annotations

from sqlalchemy import select

from helpdesk import clock
from helpdesk.models import Case, Entry, Proposal
from mail import inbound
from mail.demo_letters import parcels
from tests.ways import in_process


@in_process
def test_the_playground_s_letters_show_pictures_elsewhere_somebody_copied_an_invitation_and_spam(desk) -> None:
    inbound.accept(desk.database, parcels("help@example.org", clock.now()))
    desk.works()
    assert sorted(row.outcome for row in desk.post_room) == ["held", "new-case", "new-case"]
    with desk.database.reading() as session:
        laid_out, invitation = session.scalars(select(Entry).where(Entry.kind == "mail-in").order_by(Entry.case_number))
        assert (laid_out.html or "").count("data-remote-src") == 2
        assert invitation.traits["invitation"]["where"] == "Lindenallee 4, 04177 Leipzig"
        assert [file.name for file in invitation.attachments] != []
        assert session.scalars(select(Proposal.address)).all() == ["werkstatt@moll.example"]
        assert {case.language for case in session.scalars(select(Case))} == {"de"}
