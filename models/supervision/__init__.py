"""Supervision: the ladder from reminder to transfer, kept as records, and the register of work errors (错情)."""
