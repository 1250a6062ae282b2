"""Dates that do not follow the calendar in force yet: recomputed by portions, each in a transaction of its own."""

from datetime import datetime

from models.handling import arranging
from webapp import db


def finish(now: datetime) -> int:
    """All that is left. Returns how many appeals were recomputed; an interruption keeps what was done."""
    total = 0
    while moved := portion(now):
        total += moved
    return total


def portion(now: datetime) -> int:
    with db.database().writing() as session:
        return arranging.recompute(session, now=now)
