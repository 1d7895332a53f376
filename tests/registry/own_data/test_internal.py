"""What a person reads of the own data: of everything that staff wrote for each other, by every operation, nothing."""

from tests.architecture.operations import is_own, operations
from tests.registry.bindings.binding import bound
from tests.registry.builders import COUNTY, TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.corrections.asking import asked, asking, refuse
from tests.registry.steps import OWN, PERSONS, given, start_tag

NOTE, ANSWER = "内部植入说明", "补交户口簿"


async def test_a_person_reads_no_internal_note_and_nobodys_name(client_of: Client, county: None) -> None:
    clerk = client_of("village_clerk", VILLAGE, subject="staff-clerk")
    checker = client_of("village_clerk", VILLAGE, subject="staff-checker")
    officer = client_of("town_officer", TOWN, subject="staff-officer")
    registrar = client_of("county_registrar", COUNTY, subject="staff-registrar")
    mine, person = await bound(client_of, clerk)
    first = given(await asking(clerk, person, note=NOTE), 201)
    given(await refuse(checker, first, note=ANSWER, reason="evidence_missing"))
    await asked(officer, given(await clerk.get(f"{PERSONS}/{person['id']}")))
    tag = await start_tag(registrar, person["id"], "elder_alone")
    assert tag["id"]
    given(await mine.post(f"{OWN}/copies"), 201)
    own = [one for one in operations() if one.service == "registry" and is_own(one) and one.method == "get"]
    assert len(own) >= 5
    said = ""
    for one in own:
        ids = [each["id"] for each in given(await mine.get(f"{OWN}/corrections"))["items"]]
        for id_ in ids if "{id}" in one.path else [""]:
            answer = await mine.get(one.path.replace("{id}", id_))
            assert answer.status_code in (200, 404), f"{one}: {answer.text}"
            said += answer.text
    assert first["id"] in said
    assert ANSWER in said, "the answer is the person's"
    assert [word for word in ("植入", "staff-") if word in said] == []
    shown = given(await checker.get(f"/registry/v1/corrections/{first['id']}"))
    assert (shown["note"], shown["requested_by"]) == (NOTE, "staff-clerk"), "and who decides reads it"
