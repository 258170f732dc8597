"""One visit at an IMAP server: its wire, what is said, what is fetched, and for whom it was delivered."""
