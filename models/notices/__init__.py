"""Who is told what: notices in the system, the mails that go out with them, the morning's digest."""
