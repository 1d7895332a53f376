"""The ledgers of registry that ship: what a clerk is refused, what can be taken back, what nobody is told."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shared.auth.roles import PERMISSIONS, Role
from shared.errors import Invalid
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.words import Privacy
from tests.shared.ledgers.compiler.test_counting import ledger_of
from tests.shared.ledgers.shipped.house import definition_of

TODAY = date(2026, 11, 28)
FOLDER = Path("services/registry/ledgers")
HEALTH = ("health_files", "immunisations", "rehabilitation_files")
UNDONE = (
    *("vacancies", "job_seekers", "job_offers", "trainings", "migrant_work", "land_transfers", "collective_members"),
    *("dividends", "co_building", "infrastructure_assets", *HEALTH),
)


def ledger(code: str) -> Ledger:
    return ledger_of(FOLDER / code)


def problems(code: str, status: str, **values: Any) -> set[str]:
    """Fields at which such a record of a ledger is refused, without what is merely missing."""
    found = ledger(code)
    examples = {name: one.example for name, one in found.fields.items() if one.required and one.example is not None}
    taken = found.accept({**examples, **values}, today=TODAY)
    return {one.path for one in found.problems(taken, status, today=TODAY) if one.code == "rule"}


def refused(code: str, **changed: Any) -> set[tuple[str, str]]:
    """Places and codes of what is wrong with a definition that ships, changed so."""
    try:
        compile_ledger(Definition.model_validate(definition_of(FOLDER / code) | changed), version=1)
    except Invalid as error:
        return {(one.path, one.code) for one in error.errors}
    return set()


@pytest.mark.parametrize("code", HEALTH)
def test_who_cannot_see_people_in_full_does_not_read_that_somebody_stands_in_a_ledger_of_health(code: str) -> None:
    access = ledger(code).definition.access
    assert {access.read, access.write} == {"record.personal"}
    assert not PERMISSIONS[access.read] & {Role.GRID_WORKER, Role.AUDITOR}
    assert ledger(code).travels_restricted


@pytest.mark.parametrize(
    ("code", "sealed"),
    [
        ("health_files", ("blood", "groups", "allergies", "history")),
        ("immunisations", ("reaction", "deferred")),
        ("rehabilitation_files", ("diagnosis",)),
    ],
)
def test_what_ails_somebody_is_restricted_and_is_refused_as_a_figure(code: str, sealed: tuple[str, ...]) -> None:
    assert {ledger(code).privacy[name] for name in sealed} == {Privacy.RESTRICTED}
    definition = definition_of(FOLDER / code)
    name, place = sealed[0], len(definition["published"])
    assert refused(code) == set()
    assert refused(code, published=[*definition["published"], name]) == {(f"published.{place}", "published_private")}
    measures = [{**definition["measures"][0], "dimension": name}, *definition["measures"][1:]]
    assert ("measures.0.dimension", "measure_private") in refused(code, measures=measures)


def test_kind_and_grade_of_a_disability_are_personal_and_count_nothing() -> None:
    found = ledger("rehabilitation_files")
    assert {found.privacy["disability"], found.privacy["grade"]} == {Privacy.PERSONAL}
    assert not [one for one in found.definition.measures if one.dimension]


@pytest.mark.parametrize("code", UNDONE)
def test_every_end_of_a_record_can_be_taken_back_for_a_reason(code: str) -> None:
    found = ledger(code)
    back = {origin for step in found.definition.steps if step.reopens for origin in step.origins}
    assert back == found.finals


@pytest.mark.parametrize(
    ("code", "status", "values", "fields"),
    [
        ("vacancies", "open", {"posts": 2, "taken": 3}, {"values.taken"}),
        ("vacancies", "filled", {"posts": 3, "taken": 2}, {"values.taken"}),
        ("vacancies", "filled", {"posts": 3, "taken": 3}, set()),
        ("vacancies", "open", {"age_from": 40, "age_to": 30}, {"values.age_to"}),
        ("job_offers", "started", {"started_on": "2026-09-01"}, {"values.started_on"}),
        ("trainings", "followed", {"enrolled": 10, "passed": 11, "employed": 1}, {"values.passed"}),
        ("trainings", "followed", {"enrolled": 10, "passed": 9, "employed": 10}, {"values.employed"}),
        ("migrant_work", "returned", {"returned_on": "2026-02-19"}, {"values.returned_on"}),
        ("land_transfers", "signed", {"form": "transfer"}, {"values.consent_on"}),
        ("land_transfers", "signed", {"form": "lease"}, {"values.ends_on"}),
        ("land_transfers", "signed", {"form": "swap"}, set()),
        ("collective_members", "confirmed", {"certified_on": "2026-02-10"}, {"values.certified_on"}),
        ("co_building", "paired", {"promised": 1, "done": 2}, {"values.done"}),
        ("infrastructure_assets", "in_use", {"checked_on": "2026-03-19"}, {"values.checked_on"}),
        ("rehabilitation_files", "kept", {"served_on": "2026-01-11"}, {"values.served_on"}),
        ("health_files", "kept", {"examined_on": "2026-01-07"}, {"values.examined_on"}),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(
    code: str, status: str, values: dict[str, Any], fields: set[str]
) -> None:
    assert problems(code, status, **values) == fields


def test_the_areas_of_the_households_add_up_to_the_contract() -> None:
    givers = [{"head": "示例甲", "mu": "6.00"}, {"head": "示例乙", "mu": "5.99"}]
    assert problems("land_transfers", "signed", form="swap", givers=givers) == {"values.area_mu"}
    givers[1]["mu"] = "6.00"
    assert problems("land_transfers", "signed", form="swap", givers=givers) == set()


def settled(**values: Any) -> set[str]:
    """Which of the two figures of a community without unemployment a job seeker counts in."""
    status = values.pop("status")
    counts = ledger("job_seekers").counts({"registered_on": "2026-03-02", "reason": "laid_off", **values}, status, {})
    return {one.indicator.rpartition(".")[2] for one in counts} & {"promised", "settled"}


def test_a_community_is_without_unemployment_by_those_who_can_work_and_do_not_pick() -> None:
    assert settled(status="registered") == {"promised"}
    assert settled(status="trained") == {"promised"}
    assert settled(status="training") == settled(status="placed") == {"promised", "settled"}
    assert settled(status="registered", choosy=True) == settled(status="placed", able=False) == set()
