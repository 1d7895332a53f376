"""How fresh an answer is, and a reader that waits for its own write."""

import pytest

from shared.http import lookout
from shared.testing.doors import Arrivals, Door
from shared.testing.positions import a_position
from tests.indicators.county import (
    CLERK,
    COUNTY,
    OFFICER,
    REGISTRAR,
    TREE,
    ask,
)
from tests.indicators.states import (
    VILLAGE,
    a_person,
    a_restricted_tag,
    a_restricted_visit,
    an_incident,
    uid,
)

NOUNS = [
    "grid.grid",
    "grid.incident",
    "grid.ledger_posting",
    "grid.record",
    "grid.visit",
    "indicators.ledger_posting",
    "indicators.record",
    "registry.area",
    "registry.area_set",
    "registry.building",
    "registry.consent_count",
    "registry.correction",
    "registry.dwelling",
    "registry.facility",
    "registry.household",
    "registry.ledger_posting",
    "registry.marriage",
    "registry.organisation",
    "registry.person",
    "registry.posting",
    "registry.record",
    "registry.tag",
    "registry.transfer",
    "services_hall.agency",
    "services_hall.agent",
    "services_hall.case",
    "services_hall.ledger_posting",
    "services_hall.matter",
    "services_hall.original",
    "services_hall.rating",
    "services_hall.record",
    "services_hall.rectification",
]


RESTRICTED = [
    "grid.restricted_ledger_posting",
    "grid.restricted_record",
    "grid.restricted_visit",
    "indicators.restricted_ledger_posting",
    "indicators.restricted_record",
    "registry.restricted_ledger_posting",
    "registry.restricted_record",
    "registry.restricted_tag",
    "services_hall.restricted_ledger_posting",
    "services_hall.restricted_record",
]


async def test_when_a_restricted_tag_changed_is_told_beside_restricted_figures_alone(
    door: Door, arrivals: Arrivals
) -> None:
    """To clerks the time of the newest restricted state would be news of a person."""
    await arrivals.take(*TREE, a_restricted_tag(), a_restricted_visit())
    for who, codes, shown in (
        (OFFICER, None, NOUNS),
        (REGISTRAR, None, sorted(NOUNS + RESTRICTED)),
        (REGISTRAR, ["VISIT-DUE"], NOUNS),
        (REGISTRAR, ["VISIT-RESTRICTED-DUE"], sorted(NOUNS + RESTRICTED)),
    ):
        answer = await (ask(door, who, area=COUNTY, code=codes) if codes else ask(door, who, area=COUNTY))
        assert [one["noun"] for one in answer.json()["fresh_through"]] == shown


async def test_freshness_names_every_noun_that_is_counted_and_the_newest_state_of_each(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, a_person(), an_incident())
    for path, query in (
        ("/values", {}),
        ("/series", {"code": "POP-RES", "since": "2026-01-05", "until": "2026-01-05"}),
    ):
        fresh = (await ask(door, OFFICER, path, area=COUNTY, **query)).json()["fresh_through"]
        assert [one["noun"] for one in fresh] == NOUNS
        newest = {one["noun"]: one["newest"] for one in fresh if one["newest"] is not None}
        assert newest == dict.fromkeys(
            ("registry.person", "grid.incident", "registry.area", "grid.grid"), "2026-03-01T16:00:00+08:00"
        )
        assert {one["lag"] for one in fresh} == {0}


@pytest.mark.parametrize("path", ["/values", "/series"])
async def test_a_reader_with_a_position_sees_its_own_write_or_is_told_to_come_back(
    door: Door, arrivals: Arrivals, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setattr(lookout, "PATIENCE", 0.05)
    query = {"area": VILLAGE, "code": "POP-RES", "since": "2026-01-05"} | (
        {"until": "2026-01-05"} if path == "/series" else {}
    )
    wanted = a_position(("registry.person", str(uid(1)), 2))
    await arrivals.take(*TREE, a_person(version=1))
    early = await ask(door, CLERK, path, **query, min_position=wanted)
    assert (early.status_code, early.json()["code"]) == (503, "not_yet")
    assert early.headers["retry-after"] == "1"
    await arrivals.take(a_person(version=2, residence=()))
    monkeypatch.undo()  # the first look finds it, however long a busy machine takes for that
    seen = await ask(door, CLERK, path, **query, min_position=wanted)
    assert seen.status_code == 200
    [one] = seen.json()["values" if path == "/values" else "days"]
    assert one["value"] == 0
    assert (await ask(door, CLERK, path, **query, min_position="AAAA")).json()["code"] == "invalid_position"
