"""Working days: the calendar of days off and make-up days, and the clock that counts by it (domain.md §4)."""
