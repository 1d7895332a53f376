"""Records are opened: what they hold, what is refused, and by which place."""

from typing import Any

import pytest

from shared.ids import new_id
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_VILLAGE, REGISTRAR, TOWN, VILLAGE, WORKER, a_person
from tests.shared.ledgers.records.conftest import RECORDS, Facts, Send, a_mediation, code_of, wrong

AUDITOR = a_principal("auditor", "450481")


async def test_an_opened_record_holds_what_was_sent_and_begins_its_lifecycle(
    send: Send, villages: None, facts: Facts
) -> None:
    values = a_mediation(amount=150_000, contact="张三丰", phone="13800138000", parties=[{"name": "李四", "share": 2}])
    answer = await send(WORKER, "post", RECORDS, {"area": VILLAGE, "values": values, "note": "群众来访"})
    assert answer.status_code == 201, answer.text
    record = answer.json()
    assert (record["status"], record["version"], record["ledger_version"], record["masked"]) == (
        "registered",
        1,
        1,
        True,
    )
    assert record["values"] == {
        "kind": "land",
        "found_on": "2026-03-02",
        "amount": 150_000,
        "contact": "张*丰",
        "phone": "138****8000",
        "parties": [{"name": "李*", "share": 2}],
    }
    assert set(record["entered"]) == {"registered"}
    read = (await send(CLERK, "get", f"{RECORDS}/{record['id']}")).json()
    assert read["values"] == record["values"]
    assert sorted(read["steps"]) == ["dismiss", "mediate"]
    (fact,) = await facts(record["id"])
    assert fact.type == "grid.record.opened"
    assert fact.state.values == {"kind": "land", "found_on": "2026-03-02", "amount": 150_000}


async def test_a_repeated_opening_with_a_key_happens_once(send: Send, villages: None) -> None:
    body = {"area": VILLAGE, "values": a_mediation()}
    key = {"Idempotency-Key": str(new_id())}
    first, second = [await send(WORKER, "post", RECORDS, body, headers=key) for _ in range(2)]
    assert first.content == second.content
    assert (await send(CLERK, "get", f"{RECORDS}/count")).json()["total"] == 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"kind": "fire"}, [("values.kind", "choice")]),
        ({"amount": -1}, [("values.amount", "greater_than_equal")]),
        ({"found_on": "2026-03-17"}, [("values.found_on", "after_today")]),
        ({"found_on": None}, [("values.found_on", "missing")]),
        ({"colour": "red"}, [("values", "extra_forbidden")]),
        ({"agreed_on": "2026-03-01"}, [("values.agreed_on", "rule")]),
        ({"parties": [{"share": 1}]}, [("values.parties.0.name", "missing")]),
        ({"matter": "****"}, [("values.matter", "masked_value")]),
        ({"paper": str(new_id())}, [("values.paper", "record_file_unknown")]),
    ],
)
async def test_what_is_wrong_is_named_by_its_place(
    send: Send, villages: None, facts: Facts, values: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = await send(WORKER, "post", RECORDS, {"area": VILLAGE, "values": a_mediation(**values)})
    assert answer.status_code == 422
    assert wrong(answer) == expected
    assert await facts() == []


async def test_a_record_lies_in_an_area_of_its_ledgers_levels_that_exists(send: Send, villages: None) -> None:
    for who, area, code in (
        (COUNTY_OFFICER, TOWN, (422, "record_area_level")),
        (COUNTY_OFFICER, "450481100299", (503, "not_yet")),
        (WORKER, OTHER_VILLAGE, (404, "not_found")),
        (CLERK, TOWN, (404, "not_found")),
    ):
        answer = await send(who, "post", RECORDS, {"area": area, "values": a_mediation()})
        assert code_of(answer) == code, area


async def test_restricted_fields_are_written_by_whoever_may_see_them(send: Send, villages: None) -> None:
    for values in ({"secret": "内情"}, {"parties": [{"name": "李四", "file": "前科"}]}):
        body = {"area": VILLAGE, "values": a_mediation(**values)}
        assert code_of(await send(CLERK, "post", RECORDS, body)) == (403, "record_field_not_yours")
        answer = await send(REGISTRAR, "post", RECORDS, body)
        assert answer.status_code == 201, answer.text
        path = f"{RECORDS}/{answer.json()['id']}"
        full = {"view": "full", "purpose": "case_handling"}
        assert "内情" not in (await send(CLERK, "get", path, params=full)).text
        assert "前科" not in (await send(CLERK, "get", path, params=full)).text
        shown = (await send(REGISTRAR, "get", path, params=full)).json()["values"]
        assert {name: shown[name] for name in values} == {
            name: [{"share": None, **row} for row in value] if isinstance(value, list) else value
            for name, value in values.items()
        }
        assert "内情" not in (await send(REGISTRAR, "get", path)).text


async def test_what_a_field_refers_to_must_be_there(send: Send, opened: Any) -> None:
    earlier = await opened(area=OTHER_VILLAGE, who=COUNTY_OFFICER)
    for values, code in (
        ({"beside": "450481100202"}, None),
        ({"beside": "450481100299"}, (503, "not_yet")),
        ({"earlier": earlier["id"]}, (422, "record_reference_unknown")),
        ({"earlier": str(new_id())}, (422, "record_reference_unknown")),
    ):
        answer = await send(WORKER, "post", RECORDS, {"area": VILLAGE, "values": a_mediation(**values)})
        assert (answer.status_code == 201) if code is None else (code_of(answer) == code), answer.text


async def test_a_department_is_one_of_the_countys_list(send: Send, opened: Any) -> None:
    """A record in the name of a department that there is not would be in nobody's reach."""
    record = (await opened())["id"]
    told = [("values.department", "code_unlisted")]
    for sent in ("urban_managment", "URBAN_MANAGEMENT", "nobody", "-"):
        body: dict[str, Any] = {"area": VILLAGE, "values": a_mediation(department=sent)}
        assert wrong(await send(COUNTY_OFFICER, "post", RECORDS, body)) == told
        stepped = await send(WORKER, "post", f"{RECORDS}/{record}/steps/mediate", {"values": {"department": sent}})
        assert wrong(stepped) == told
        corrected = {"values": {"department": sent}}
        assert wrong(await send(COUNTY_OFFICER, "post", f"{RECORDS}/{record}/correct", corrected, seen=1)) == told
    body = {"area": VILLAGE, "values": a_mediation(department="urban_management")}
    assert (await send(COUNTY_OFFICER, "post", RECORDS, body)).status_code == 201


async def test_a_record_about_a_person_waits_for_the_person_and_travels_restricted(
    send: Send, villages: None, arrivals: Arrivals, facts: Facts
) -> None:
    path, person = "/ledgers/home_visits/records", new_id()
    body: dict[str, Any] = {"area": VILLAGE, "values": {"need": "meal"}}
    assert wrong(await send(CLERK, "post", path, body)) == [("subject_id", "record_subject_missing")]
    assert code_of(await send(CLERK, "post", path, {**body, "subject_id": str(person)})) == (503, "not_yet")
    await arrivals.take(a_person(person))
    answer = await send(CLERK, "post", path, {**body, "subject_id": str(person)})
    assert answer.status_code == 201, answer.text
    (fact,) = await facts()
    assert (fact.type, fact.state.subject_id) == ("grid.restricted_record.opened", str(person))
    wrongly = {"area": VILLAGE, "values": a_mediation(), "subject_id": str(person)}
    assert wrong(await send(CLERK, "post", RECORDS, wrongly)) == [("subject_id", "record_subject_not_asked")]


async def test_a_record_of_an_unknown_ledger_is_not_found(send: Send, villages: None) -> None:
    answer = await send(CLERK, "post", "/ledgers/nothing/records", {"area": VILLAGE, "values": {}})
    assert code_of(answer) == (404, "not_found")


async def test_who_may_not_write_opens_nothing(send: Send, villages: None, door: Door) -> None:
    body = {"area": VILLAGE, "values": a_mediation()}
    assert code_of(await send(AUDITOR, "post", RECORDS, body)) == (403, "forbidden")
    assert [entry.action for entry in door.accesses.entries] == []
