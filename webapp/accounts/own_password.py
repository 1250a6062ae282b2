"""Changing one's own password: what is wrong stands beside its field, and guessing at the present one is no way round
the sign-in: it waits as there and stays in the log (AUT-2, AUD-4).
"""

from models.accounts import commands, queries
from models.accounts.passwords import password_matches, weakness
from models.audit.commands import append
from webapp import access, clock, db, turns
from webapp.accounts import throttle
from webapp.accounts.forms import PasswordForm
from webapp.messages import message

WRONG = "现在的密码不对"
SAME = "新密码不能与现在的密码相同，请另设一个"
UNLIKE = "两次输入的新密码不一样"


def change(form: PasswordForm) -> bool:
    """Changes it, or says what is wrong. Raises TooManyTries."""
    account_id = access.current_actor().account_id
    with db.database().reading() as reading:
        account = queries.account_by_id(reading, account_id)
    current, new = form.current.data or "", form.password.data or ""
    with turns.set_aside():
        is_known = throttle.knows_own(account.uid, lambda: password_matches(account.password_hash, current))
    if not is_known:
        _log_failure(account.uid)
    weak = weakness(new, account.username)
    problems = {
        "current": "" if is_known else WRONG,
        "password": SAME if new == current else message(weak) if weak else "",
        "repeated": UNLIKE if new != form.repeated.data else "",
    }
    for name, text in problems.items():
        if text:
            form[name].errors = [*form[name].errors, text]
    if any(problems.values()):
        return False
    session = db.session()
    commands.change_password(session, queries.account_by_id(session, account_id), new, now=clock.now())
    append(
        session, at=clock.now(), actor_id=account_id, action="password.change", object_kind="account",
        object_id=account.uid,
    )
    return True


def _log_failure(uid: str) -> None:
    """In a transaction of its own: the answer is an error, so the request's would be rolled back."""
    actor_id = access.current_actor().account_id
    with db.database().writing() as session:
        append(
            session, at=clock.now(), actor_id=actor_id, action="password.failed", object_kind="account", object_id=uid
        )
