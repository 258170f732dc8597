"""The bridge: bytes in, bytes out.  It may use the desk; the desk may not use it."""
