"""Migrations: what they end in is what the tables say, each goes up and down, and a killed one resumes (OPS-2, F15)."""

import os
import signal
import subprocess
import sys
import time

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text

from models.appeals.types import State
from models.tables import metadata
from tests.support.factories import Story
from tests.support.tables import content
from webapp import migrate, seed
from webapp.config import ROOT
from webapp.db import Database

GUARDS = {
    "audit_log_no_update", "audit_log_no_delete", "appeals_no_delete", "appeals_immutable", "appeal_events_no_update",
    "appeal_events_no_delete", "milestones_immutable", "milestones_status_once", "slips_no_delete", "slips_immutable",
    "self_registrations_immutable", "adjustments_immutable", "adjustments_no_delete",
    "slips_status_once", "slips_voided_at_once", "slips_void_reason_once", "slips_pdf_sha256_once",
    "slip_receipts_no_update", "slip_receipts_no_delete", "slip_scans_no_delete",
    "slip_wordings_no_update", "slip_wordings_no_delete",
    "assistances_immutable", "assistances_clock_once", "assistances_no_delete",
    "appeals_dispatched_on_once", "milestones_no_delete", "milestones_due_on_told",
    "work_errors_immutable", "work_errors_no_delete", "work_errors_status_once", "work_error_events_no_update",
    "work_error_events_no_delete",
    "ladder_policies_no_update", "ladder_policies_no_delete", "supervision_records_immutable",
    "supervision_records_due_on_once", "supervision_records_slip_id_once", "supervision_records_told_on_once",
    "supervision_records_outcome_once", "supervision_records_state_once", "supervision_records_no_delete",
    "supervision_events_no_update", "supervision_events_no_delete",
    "arrangements_no_delete", "arrangements_immutable", "arrangements_decided", "arrangement_days_no_update",
    "arrangement_days_no_delete", "arrangement_days_closed",
    "policies_immutable", "policies_in_force_to_once", "policies_no_delete", "policy_limits_no_update",
    "policy_limits_no_delete", "work_error_files_no_update", "work_error_files_no_delete",
    "rating_campaigns_immutable", "rating_campaigns_set", "rating_campaigns_forward", "rating_campaigns_counted",
    "rating_campaigns_no_delete", "rating_dimensions_insert_closed", "rating_dimensions_update_closed",
    "rating_dimensions_delete_closed", "rating_units_insert_closed", "rating_units_update_closed",
    "rating_units_delete_closed", "rating_invitations_immutable", "rating_invitations_spent_once",
    "rating_invitations_insert_closed", "rating_invitations_update_closed", "rating_invitations_delete_closed",
    "rating_envelopes_no_update", "rating_envelopes_insert_closed", "rating_envelopes_delete_closed",
    "rating_ballots_no_update", "rating_ballots_no_delete", "rating_ballots_insert_closed",
    "rating_remarks_no_update", "rating_remarks_no_delete", "rating_remarks_insert_closed",
    "rating_countings_no_update", "rating_countings_no_delete", "rating_countings_insert_closed",
    "rating_results_no_update", "rating_results_no_delete", "rating_results_insert_closed",
    "rating_dimension_results_no_update", "rating_dimension_results_no_delete",
    "rating_dimension_results_insert_closed", "rating_conduct_counts_no_update", "rating_conduct_counts_no_delete",
    "rating_conduct_counts_insert_closed", "rating_findings_no_update", "rating_findings_no_delete",
    "rating_publications_no_update", "rating_publications_no_delete", "rating_bulletins_no_update",
    "rating_bulletins_no_delete", "rating_looks_no_update", "rating_looks_no_delete", "rating_proposals_immutable",
    "rating_proposals_decided", "rating_proposals_no_delete",
    "follow_up_policies_no_update", "follow_up_policies_no_delete", "satisfaction_ratings_no_update",
    "satisfaction_ratings_no_delete", "rating_links_immutable", "rating_links_spent_at_once", "rating_links_no_delete",
    "follow_up_calls_no_update", "follow_up_calls_no_delete", "call_lists_no_update", "call_lists_no_delete",
    "call_candidates_no_update", "call_candidates_no_delete", "dissatisfaction_cases_immutable",
    "dissatisfaction_cases_contact_kept_once", "dissatisfaction_cases_put_right_kept_once",
    "dissatisfaction_cases_state_once", "dissatisfaction_cases_redo_round_once",
    "dissatisfaction_cases_contact_done_on_once", "dissatisfaction_cases_put_right_done_on_once",
    "dissatisfaction_cases_no_delete", "dissatisfaction_events_no_update", "dissatisfaction_events_no_delete",
    "rating_exclusions_immutable", "rating_exclusions_decided", "rating_exclusions_no_delete",
}
REVISIONS = [one.revision for one in ScriptDirectory.from_config(migrate.alembic_config()).walk_revisions()][::-1]


def triggers(engine: Engine) -> dict[str, str]:
    """Name → definition."""
    statement = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'" if engine.dialect.name == "sqlite"
        else "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
    )
    with engine.connect() as connection:
        return dict(connection.execute(text(statement)).all())


def inventory(engine: Engine) -> dict[str, object]:
    """Everything a schema is made of, by name."""
    seen = inspect(engine)
    return {"triggers": triggers(engine)} | {
        table: (
            [(one["name"], str(one["type"]), one["nullable"]) for one in seen.get_columns(table)],
            sorted(str(one["name"]) for one in seen.get_indexes(table)),
            sorted(str(one["name"]) for one in seen.get_unique_constraints(table)),
            sorted((one["name"], one["sqltext"]) for one in seen.get_check_constraints(table)),
            sorted((str(one["name"]), one["referred_table"]) for one in seen.get_foreign_keys(table)),
        )
        for table in sorted(seen.get_table_names())
    }


def revision(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@pytest.fixture
def empty(database: Database) -> Database:
    migrate.downgrade(database.engine, "base")
    return database


def test_the_newest_schema_is_what_the_tables_say(database):
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "target_metadata": metadata})
        assert compare_metadata(context, metadata) == []


def test_every_check_of_the_tables_is_in_the_database(database):
    found = {one["name"] for table in metadata.tables for one in inspect(database.engine).get_check_constraints(table)}
    wanted = {
        str(one.name) for table in metadata.tables.values() for one in table.constraints
        if type(one).__name__ == "CheckConstraint"
    }
    assert wanted <= found, wanted - found


def test_every_guard_is_there_and_no_other(database):
    assert set(triggers(database.engine)) == GUARDS


def test_one_line_of_migrations_from_the_first_to_the_newest(empty):
    assert inspect(empty.engine).get_table_names() == ["alembic_version"]
    assert triggers(empty.engine) == {}


@pytest.mark.parametrize("number", range(len(REVISIONS)))
def test_each_step_goes_up_down_and_up_to_the_same_schema(empty, number):
    migrate.upgrade(empty.engine, REVISIONS[number])
    first = inventory(empty.engine)
    migrate.downgrade(empty.engine, REVISIONS[number - 1] if number else "base")
    migrate.upgrade(empty.engine, REVISIONS[number])
    assert inventory(empty.engine) == first


def test_upgrading_twice_changes_nothing_of_what_people_wrote(database):
    with database.writing() as session:
        Story(session).to(State.CLOSED)
    before, schema = content(database), inventory(database.engine)
    migrate.upgrade(database.engine)
    with database.writing() as session:
        assert seed.install(session) == []
    assert (content(database), inventory(database.engine)) == (before, schema)


@pytest.mark.slow
def test_a_migration_killed_half_way_resumes_at_the_next_start(database_url, tmp_path):
    """F15: kill -9 at different moments; whatever stands is a whole step, and the next run goes on from there."""
    database = Database(database_url, b"a" * 32)
    wanted = inventory(database.engine)
    migrate.downgrade(database.engine, "base")
    environment = os.environ | {"DATABASE_URL": database_url, "DATA_DIR": str(tmp_path / "data")}
    program = "from webapp import migrate; from webapp.db import Database; import os; print('begun', flush=True); " \
        "migrate.upgrade(Database(os.environ['DATABASE_URL'], b'a' * 32).engine)"
    for delay in (0.0, 0.1, 0.2):
        running = subprocess.Popen(
            [sys.executable, "-c", program], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
        )
        running.stdout.readline()
        time.sleep(delay)
        running.send_signal(signal.SIGKILL)
        running.wait()
        running.stdout.close()
        stands = revision(database.engine)
        assert stands is None or stands in REVISIONS
    migrate.upgrade(database.engine)
    assert inventory(database.engine) == wanted
    database.dispose()
