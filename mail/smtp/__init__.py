"""One conversation at the SMTP door: reception, dialogue, syntax, content, and the keeper who makes it durable."""
