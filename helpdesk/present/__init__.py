"""Pure presentation, below the web: what is shown and how, without a request, a session or a clock."""
