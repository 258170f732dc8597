"""Reads.  Questions to the database; nothing is written here."""
