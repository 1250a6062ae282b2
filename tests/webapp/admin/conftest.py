"""An administrator at work, and the colleagues they look after."""

import pytest

from models.accounts import queries
from models.accounts.tables import Account
from models.accounts.types import Role
from tests.conftest import SignIn
from tests.support import actors
from tests.support.page import PageClient


@pytest.fixture
def admin(sign_in: SignIn) -> PageClient:
    return sign_in(Role.ADMINISTRATOR)


@pytest.fixture
def colleague(database) -> Account:
    with database.writing() as session:
        return actors.account(session, Role.HANDLER, unit="市监局", name="张经办")


@pytest.fixture
def unit_id(database) -> int:
    with database.reading() as session:
        return queries.unit_by_name(session, "市监局").id
