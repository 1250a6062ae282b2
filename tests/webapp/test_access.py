"""Who may enter what: every route declares it, routes.txt keeps the list, refusals are alike and stay in the log."""

import ast
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import col, select

from models.accounts.types import Role
from models.appeals.types import AppealKind, State
from models.audit.tables import AuditRow
from tests.support.factories import Story
from webapp import access
from webapp.config import ROOT

SNAPSHOT = Path(__file__).with_name("routes.txt")
UID = "0" * 32


def declared(app: Flask) -> str:
    """One line a rule: address, methods, endpoint, access."""
    lines = []
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint].access
        named = view.permission or view.action
        who = "public" if view.is_public else (f"{type(named).__name__}.{named.name}" if named else "signed in")
        methods = ",".join(sorted(rule.methods - {"HEAD", "OPTIONS"}))
        lines.append(f"{rule.rule}  {methods}  {rule.endpoint}  {who}")
    return "\n".join(sorted(lines)) + "\n"


def test_every_route_is_on_the_list_with_its_access(app):
    """ACC-1. A new route is added here by hand, so that somebody reads what it lets in."""
    assert SNAPSHOT.read_text(encoding="utf-8") == declared(app)


def test_a_view_that_declares_nothing_stops_the_start():
    silent = Flask("silent", static_folder=None)
    silent.add_url_rule("/open", "open", lambda: "open")
    with pytest.raises(RuntimeError, match="open"):
        access.require_declared(silent)


def protected_rules(app: Flask):
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint].access
        if not view.is_public and "GET" in rule.methods:
            yield rule, view, app.url_map.bind("localhost").build(rule.endpoint, dict.fromkeys(rule.arguments, UID))


def test_the_public_is_sent_to_sign_in_and_back(app, client):
    for rule, _, path in protected_rules(app):
        response = client.get(path)
        assert response.status_code == 303, rule
        assert response.headers["Location"] == f"/login?next={path}"


def test_an_htmx_part_of_a_lost_sign_in_becomes_a_whole_page(app, client):
    for rule, _, path in protected_rules(app):
        response = client.get(path, headers={"HX-Request": "true"})
        assert (response.status_code, response.data) == (200, b""), rule
        assert response.headers["HX-Redirect"].startswith("/login")


@pytest.mark.parametrize("role", Role)
def test_the_wrong_role_is_refused_and_the_refusal_stays_in_the_log(app, database, sign_in, role):
    """AUD-4: the request writes nothing else, its denial stays."""
    client = sign_in(role, unit="市监局")
    for rule, view, path in protected_rules(app):
        if view.allows(_actor(role)):
            continue
        before = denials(database)
        assert client.get(path).status_code == 403, rule
        assert denials(database) == [*before, rule.endpoint]


def _actor(role: Role):
    from models.accounts.types import Actor

    return Actor(1, "某人", frozenset({role}))


def denials(database) -> list[str]:
    with database.reading() as session:
        rows = session.exec(select(AuditRow).where(col(AuditRow.action) == "denied").order_by(col(AuditRow.seq)))
        return [row.facts["view"] for row in rows]


TOKEN = re.compile('name="csrf_token" value="[^"]*"')
"""Differs from one second to the next, whatever was asked for."""


def test_invisible_and_nonexistent_are_the_same_404(app, database, sign_in):
    """ACC-3: another unit's appeal, a report against one's own unit, and nothing at all."""
    with database.writing() as session:
        others = Story(session, unit="税务局").to(State.HANDLING).appeal.uid
    client = sign_in(Role.HANDLER, unit="市监局")
    for rule, view, _ in list(protected_rules(app)):
        if rule.arguments != {"uid"} or not view.allows(_actor(Role.HANDLER)):
            continue
        bodies = set()
        for uid in (others, UID):
            path = app.url_map.bind("localhost").build(rule.endpoint, {"uid": uid})
            response = client.get(path)
            assert response.status_code == 404, path
            bodies.add(TOKEN.sub("", response.get_data(as_text=True).replace(uid, "ID")))
        assert len(bodies) == 1, rule


def test_the_unit_that_leads_sees_its_appeal_and_not_a_report_against_itself(app, database, sign_in):
    with database.writing() as session:
        seen = Story(session, unit="市监局").to(State.HANDLING).appeal
        accused = Story(session, unit="市监局").to(State.HANDLING).appeal
        accused.kind, accused.against_unit_id = AppealKind.REPORT, accused.lead_unit_id
        session.add(accused)
        uids = (seen.uid, accused.uid)
    client = sign_in(Role.HANDLER, unit="市监局")
    assert [client.get(f"/desk/appeals/{uid}").status_code for uid in uids] == [200, 404]


# ---------------------------------------------------------------- ACC-3 in the source

DOORS = ("queries", "commands", "worklist", "board", "assistance", "linking",
    "figures", "triage", "suggestions", "similar", "known", "check", "tables", "loading", "concerned", "sharing",
    "sweeping", "ladder_queries", "recalculation", "call_lists", "links", "case_queries")
FOLDERS = ("appeals", "handling", "slips", "supervision", "cli", "demo", "followup")


def selects_of_appeal(tree: ast.AST) -> list[int]:
    """Lines that select or get `Appeal` itself, rather than through `visible_appeals`."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Name):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name in ("select", "get", "exec") and node.args[0].id == "Appeal":
            found.append(node.lineno)
    return found


def test_appeals_are_selected_only_where_scope_is_known():
    wrong = [
        f"{path.relative_to(ROOT)}:{line}"
        for folder in ("models", "webapp")
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path.stem not in DOORS or path.parts[-2] not in FOLDERS
        for line in selects_of_appeal(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert wrong == []


def test_the_rule_sees_a_view_that_opens_an_appeal_by_itself():
    assert selects_of_appeal(ast.parse("x = session.get(Appeal, 1)\ny = select(Appeal)")) == [1, 2]
