"""Every statement of every migration is one that a running county bears: squawk has nothing to say."""

import json
import subprocess
import sysconfig
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from shared.testing.databases import KIT_ONLY, existing_services, spec_of
from shared.testing.migrations import provision_empty

SQUAWK = Path(sysconfig.get_path("scripts")) / "squawk"
EXCLUDED = {
    "prefer-text-field": "Alembic's own table of versions",
    "prefer-bigint-over-int": "versions, levels and years do not overflow",
    "prefer-bigint-over-smallint": "nor do shards and slots",
    "require-lock-timeout": "set for the whole session by shared.migration.migrate",
    "require-statement-timeout": "a migration may take its time; what it may not is hold others up",
}
KEYS_BY_HASH = frozenset(
    {
        "DROP INDEX ix_dead_letters_open",
        "CREATE INDEX ix_dead_letters_open ON dead_letters USING hash (record_key) WHERE status IN ('dead', 'parked')",
    }
)
STATUSES_OF_AREAS = frozenset(
    {
        "DROP INDEX ix_ledger_records_area",
        "CREATE INDEX ix_ledger_records_area ON ledger_records (ledger, area, status, id)",
    }
)
EVERYWHERE = KEYS_BY_HASH | STATUSES_OF_AREAS
BEFORE_RELEASE: Mapping[str, frozenset[str]] = {
    KIT_ONLY.name: EVERYWHERE,
    "indicators": EVERYWHERE
    | {
        "ALTER TABLE definitions ALTER COLUMN count_measure DROP NOT NULL",
        *(f"ALTER TABLE definitions DROP CONSTRAINT ck_definitions_{name}" for name in ("kind", "ratio_has_base")),
        *(
            f"ALTER TABLE definitions VALIDATE CONSTRAINT ck_definitions_{name}"
            for name in ("kind", "base_of_ratio", "made_of_something", "percentile", "two_people")
        ),
    },
    "registry": EVERYWHERE
    | {
        "ALTER TABLE areas VALIDATE CONSTRAINT ck_areas_successors",
        "ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_undocumented",
        "ALTER TABLE persons DROP CONSTRAINT ck_persons_status",
        "ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_status",
        "ALTER TABLE life_events DROP CONSTRAINT ck_life_events_kind",
        "ALTER TABLE life_events VALIDATE CONSTRAINT ck_life_events_kind",
        "ALTER TABLE life_events VALIDATE CONSTRAINT ck_life_events_origin",
        "ALTER TABLE persons VALIDATE CONSTRAINT fk_persons_merged_into",
        "ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_merged",
        "ALTER TABLE household_changes DROP CONSTRAINT ck_household_changes_kind",
        "ALTER TABLE household_changes VALIDATE CONSTRAINT ck_household_changes_kind",
        "ALTER TABLE area_changes DROP CONSTRAINT ck_area_changes_kind",
        "ALTER TABLE area_changes VALIDATE CONSTRAINT ck_area_changes_kind",
        "ALTER TABLE areas RENAME opening_day TO books_opened_on",
        "ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_held",
        "ALTER TABLE persons VALIDATE CONSTRAINT ck_persons_erased",
        "CREATE INDEX ix_case_effect_answers_benefit ON case_effect_answers (benefit_id)",
        "ALTER TABLE benefits DROP CONSTRAINT ck_benefits_missing",
        "ALTER TABLE benefits VALIDATE CONSTRAINT ck_benefits_missing",
        "ALTER TABLE duplicates VALIDATE CONSTRAINT ck_duplicates_refusal",
        "DROP INDEX uq_discrepancies_at_work",
        (
            "CREATE UNIQUE INDEX uq_discrepancies_at_work ON discrepancies (area, book, month)"
            " NULLS NOT DISTINCT WHERE status <> 'gone'"
        ),
    },
    "grid": EVERYWHERE
    | frozenset(
        {
            *(
                f"ALTER TABLE incidents RENAME {step}_on TO {step}_at"
                for step in ("reported", "filed", "dispatched", "accepted", "feedback", "checked", "closed", "due")
            ),
            "ALTER TABLE satisfaction_calls DROP CONSTRAINT uq_satisfaction_calls_once",
            "DROP INDEX uq_receptions_one",
            "ALTER TABLE incident_requests RENAME received_on TO received_at",
            "ALTER TABLE inbound_outcomes RENAME answered_on TO answered_at",
            "ALTER TABLE inbound_outcomes RENAME source TO request_source",
            "DROP INDEX uq_inbound_outcomes_request",
            (
                "CREATE UNIQUE INDEX uq_inbound_outcomes_request"
                " ON inbound_outcomes (topic, request_source, request_id) WHERE NOT coalesced"
            ),
            (
                "CREATE INDEX ix_inbound_outcomes_refused ON inbound_outcomes (topic, request_source)"
                " WHERE status = 'rejected' AND NOT coalesced"
            ),
            "ALTER TABLE dictionary_limits VALIDATE CONSTRAINT ck_dictionary_limits_treatment",
            "ALTER TABLE dictionary_limits DROP CONSTRAINT pk_dictionary_limits",
            (
                "ALTER TABLE dictionary_limits ADD CONSTRAINT pk_dictionary_limits"
                " PRIMARY KEY (version, category, severity, treatment)"
            ),
            *(f"ALTER TABLE grids VALIDATE CONSTRAINT ck_grids_{name}" for name in ("net", "villagers_group", "heir")),
            "ALTER TABLE incidents DROP CONSTRAINT ck_incidents_status",
            *(
                f"ALTER TABLE incidents VALIDATE CONSTRAINT {name}"
                for name in (
                    *("ck_incidents_status", "ck_incidents_merged", "ck_incidents_level"),
                    "fk_incidents_merged_into",
                )
            ),
            "DROP INDEX ix_incidents_open_due",
            "ALTER TABLE visit_rules ADD COLUMN id UUID DEFAULT gen_random_uuid() NOT NULL",
            "ALTER TABLE visit_rules DROP CONSTRAINT pk_visit_rules",
            *(
                f"ALTER TABLE visit_rules VALIDATE CONSTRAINT ck_visit_rules_{one}"
                for one in ("missed_days", "missed", "dates")
            ),
            "ALTER TABLE visits VALIDATE CONSTRAINT ck_visits_missed",
            "ALTER TABLE visits VALIDATE CONSTRAINT fk_visits_incident_id",
        }
    ),
    "services_hall": EVERYWHERE
    | {
        *(
            f"ALTER TABLE case_documents VALIDATE CONSTRAINT {name}"
            for name in ("fk_case_documents_original_id", "ck_case_documents_kind", "ck_case_documents_custody")
        ),
        "ALTER TABLE case_documents DROP CONSTRAINT ck_case_documents_kind",
        "DROP INDEX uq_case_documents_holding",
        (
            "CREATE UNIQUE INDEX uq_case_documents_holding ON case_documents (case_id, kind, step)"
            " WHERE status = 'issued' AND original_id IS NULL"
        ),
        (
            "CREATE UNIQUE INDEX uq_case_documents_custody ON case_documents (original_id, step)"
            " WHERE status = 'issued' AND original_id IS NOT NULL"
        ),
        "ALTER TABLE cases ALTER COLUMN department SET NOT NULL",
        "DROP INDEX ix_applicants_number_index",
        "ALTER TABLE applicants DROP COLUMN number_index",
        "ALTER TABLE cases ALTER COLUMN number DROP NOT NULL",
        "ALTER TABLE cases ALTER COLUMN submitted_at DROP NOT NULL",
        "ALTER TABLE cases DROP CONSTRAINT ck_cases_status",
        "ALTER TABLE cases VALIDATE CONSTRAINT ck_cases_status",
        "ALTER TABLE cases VALIDATE CONSTRAINT ck_cases_numbered",
        "ALTER TABLE items DROP CONSTRAINT ck_items_status",
        "ALTER TABLE items VALIDATE CONSTRAINT ck_items_status",
        "ALTER TABLE items DROP CONSTRAINT ck_items_published_has_version",
        "ALTER TABLE items VALIDATE CONSTRAINT ck_items_published_has_version",
        "ALTER TABLE case_desks ADD COLUMN id UUID DEFAULT gen_random_uuid() NOT NULL",
        "ALTER TABLE warning_rules DROP CONSTRAINT ck_warning_rules_metric",
    },
}
"""Columns renamed, dropped or made necessary or not, rules validated and indexes replaced, at once while no version was
released: no old code was running. By service, word for word; nothing is added after the first release."""
SCHEMA_CHANGES = ("CREATE", "ALTER", "DROP", "COMMENT", "TRUNCATE", "LOCK")


@contextmanager
def statements() -> Iterator[list[str]]:
    """The schema changes that SQLAlchemy sends during the body."""
    heard: list[str] = []

    def hear(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split(None, 1)[0].upper() in SCHEMA_CHANGES:
            heard.append(statement.strip())

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


def lint(script: list[str]) -> list[str]:
    """What squawk says of a script, as `rule: statement's line`."""
    command = [str(SQUAWK), "--assume-in-transaction", "--pg-version", "16", "--reporter", "json"]
    command += [f"--exclude={rule}" for rule in EXCLUDED]
    done = subprocess.run(command, input=";\n".join(script) + ";\n", capture_output=True, text=True, check=False)
    return [f"{found['rule_name']}: line {found['line']}" for found in json.loads(done.stdout)]


@pytest.mark.parametrize("service", [KIT_ONLY.name, *existing_services()])
async def test_every_migration_can_be_borne_by_a_running_county(service: str, postgres: str, worker_id: str) -> None:
    empty = await provision_empty(spec_of(service), postgres, f"lint_{service}_{worker_id}")
    with statements() as heard:
        await empty.upgrade()
    assert len(heard) > 20
    excused = BEFORE_RELEASE.get(service, frozenset())
    assert excused <= set(heard), "an exception that nothing needs"
    assert lint([statement for statement in heard if statement not in excused]) == []


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("CREATE INDEX ix ON persons (name)", "require-concurrent-index-creation"),
        ("ALTER TABLE persons ADD COLUMN age bigint NOT NULL", "adding-required-field"),
        ("ALTER TABLE persons RENAME COLUMN name TO names", "renaming-column"),
        ("ALTER TABLE persons DROP COLUMN name", "ban-drop-column"),
        ("ALTER TABLE persons ALTER COLUMN name TYPE bytea USING ''", "changing-column-type"),
        ("ALTER TABLE persons ADD CONSTRAINT c CHECK (age > 0)", "constraint-missing-not-valid"),
    ],
)
def test_a_step_that_would_stop_the_county_is_named(statement: str, rule: str) -> None:
    assert any(found.startswith(rule) for found in lint([statement])), lint([statement])
