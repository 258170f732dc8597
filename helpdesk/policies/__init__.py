"""Rules.  Values in, decisions out: no session, no clock, no settings, no I/O."""
