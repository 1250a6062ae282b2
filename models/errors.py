"""What the domain says when it will not do something: a code and facts, never a sentence or HTML.

`webapp/errors.py` translates the code once for people.
"""

from typing import Any


class DomainError(Exception):
    """Base of every refusal. `code` is a stable identifier; `facts` are plain values for the message."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {self.facts!r})"


class Refused(DomainError):
    """The act is known but not allowed now, to this actor, or with these values."""


class NotFound(DomainError):
    """Nothing there that this actor may see. Invisible and nonexistent look the same (ACC-3)."""


class Conflict(DomainError):
    """Somebody else changed the same row in between (CON-1)."""
