"""MIME as it comes: header fields, parts, character sets, file names.  Pure; tolerant of everything, trusting nothing."""
