"""The desk: cases, people, clocks, reports, pages.  It knows nothing of SMTP or IMAP."""
