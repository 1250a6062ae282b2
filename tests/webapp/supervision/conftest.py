"""People around an appeal under supervision, and the clock of the stories."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.support.factories import MORNING


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Tuesday 2026-11-17, 10:05 in Asia/Shanghai."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller
