"""What the API offers about who takes part, links and splits, handovers, and third parties; and taking it back."""

from __future__ import annotations

from typing import Any

from helpdesk.web.api.operations import deed, in_path
from helpdesk.web.api.schema import Schema


def of_people(number: Schema) -> dict[str, Any]:
    """Who takes part, and whose hands it goes through."""
    where, one = "/cases/{number}", [number, in_path("participant_id")]
    operations = {
        "/participants": deed("addParticipant", "Let somebody take part", "NewParticipant", {"200": "Case"}, [number]),
        "/participants/{participant_id}/remove": deed(
            "removeParticipant", "They take part no more", "Nothing", {"200": "Case"}, one
        ),
        "/participants/{participant_id}/is-customer": deed(
            "makeCustomer", "They are the customer", "Nothing", {"200": "Case"}, one
        ),
        "/handover": deed("handOver", "Give it away with a note", "Handover", {"200": "CaseSummary"}, [number]),
        "/take": deed("takeHandover", "Take over what was handed over", "Nothing", {"200": "CaseSummary"}, [number]),
    }
    return {f"{where}{path}": {"post": operation} for path, operation in operations.items()}


def of_third_parties(number: Schema) -> dict[str, Any]:
    """Who is asked for advice."""
    where, one = "/cases/{number}/consultations", [number, in_path("consultation_id")]
    made, further = {"201": "Consultation", "200": "Consultation"}, "Write to them again"
    operations = {
        "": deed("ask", "Ask a third party for advice", "Question", made, [number]),
        "/{consultation_id}": deed("askAgain", further, "FurtherQuestion", made, one),
        "/{consultation_id}/close": deed(
            "closeConsultation", "You have what you asked for", "Nothing", {"200": "Consultation"}, one
        ),
    }
    return {f"{where}{path}": {"post": operation} for path, operation in operations.items()}


def of_cases(number: Schema) -> dict[str, Any]:
    """Which cases belong together, and what is taken back."""
    where, entry = "/cases/{number}", [number, in_path("entry_id")]
    operations = {
        "/links": deed("link", "Say how it belongs to another case", "NewLink", {"200": "Case"}, [number]),
        "/links/remove": deed("unlink", "Say that they do not belong together", "LinkEnd", {"200": "Case"}, [number]),
        "/split": deed(
            "split", "Copy entries into a case of their own, which is the answer", "Splitting", {"201": "Case"}, [number]
        ),
        "/entries/{entry_id}/take-back": deed(
            "takeBack", "Take back what you did a moment ago", "Nothing", {"200": "Case"}, entry
        ),
    }
    return {f"{where}{path}": {"post": operation} for path, operation in operations.items()}
