"""Files of the public's forms, kept as webapp.staging keeps them, within the limit for strangers."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from werkzeug.datastructures import FileStorage

from webapp import staging
from webapp.public import limits
from webapp.staging import Received

QUOTA = staging.Quota(
    limits.files_left,
    limits.take_files,
    lambda: limits.TooMany(limits.no_files_left(), 0),
)


def receive(digest: str, sent: Iterable[FileStorage], now: datetime, held: Sequence[int] = ()) -> Received:
    return staging.receive(digest, sent, now, QUOTA, held)
