"""What a supervisor asks: figures of a period, and the cases behind each of them.  Read only: nothing is written or sent here."""
