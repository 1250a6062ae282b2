"""A walk of tests/webapp/test_broken_posts.py: what every member of staff has, and what the administrator does with it.
"""

from typing import TYPE_CHECKING

from models.accounts import queries
from models.accounts.tables import Account
from models.accounts.types import Role
from models.base import new_uid
from models.jobs import commands as jobs
from models.notices.commands import tell
from models.notices.tables import OutgoingMail
from models.notices.types import MailState, NoticeKind
from tests.support.factories import MORNING
from tests.support.page import press

if TYPE_CHECKING:
    from tests.webapp.test_broken_posts import World


def own_things(world: "World") -> None:
    account = world.account("zhoujie", Role.CLERK)
    with world.database.writing() as session:
        actor = queries.actor_of(session, account)
        job = jobs.order(session, actor, "unknown", {}, total=0, now=MORNING)
        for number in range(3):
            tell(session, [account.id or 0], NoticeKind.DIGEST, dedupe_key=str(number), now=MORNING)
    client = world.sign_in(account=account)
    press(client, "/notices", "/open")
    press(client, "/notices?show=unread", "/read")
    press(client, "/notices?show=unread", "/notices/read-all")
    press(client, f"/jobs/{job.uid}", "/cancel")
    press(client, "/account", "/email", email="zhou@example.cn")
    colleague = world.account("liyi", Role.SUPERVISOR)
    press(client, "/account", "/substitute", colleague=colleague.uid, first="2026-11-18", last="2026-11-20")
    press(client, "/account", "/end")
    press(client, "/account", "/substitute", colleague=colleague.uid, first="2026-11-18", last="2026-11-20")
    admin = world.sign_in(Role.ADMINISTRATOR)
    press(admin, f"/admin/accounts/{account.uid}", "/substitutions/end")
    for _ in range(2):
        failed_mail(world, account)
    press(admin, "/admin/mails", "/mails/again")
    failed_mail(world, account)
    press(admin, "/admin/mails", f"/{failed_mail(world, account)}/again")


def failed_mail(world: "World", account: Account) -> str:
    with world.database.writing() as session:
        row = OutgoingMail(
            account_id=account.id or 0, kind="dispatched", state=MailState.FAILED, last_error="mail_timeout",
            created_at=MORNING, next_try_at=MORNING, dedupe_key=new_uid(),
        )
        session.add(row)
        return row.uid
