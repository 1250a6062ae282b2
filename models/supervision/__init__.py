"""Supervision: the register of work errors (错情), and the ladder of reminders, cards and orders."""
