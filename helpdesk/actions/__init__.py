"""Deeds.  Every write that a person could notice: session first, `now` by keyword, never commit."""
