"""Own data over HTTP: what the person reads, who looked, the copy, a correction; at a counter by a proof."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from services.registry.benefits.domain import BenefitRecord
from services.registry.benefits.repository import BenefitRepository
from services.registry.own_data.domain import LEFT_OUT
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from tests.registry.bindings.binding import bound, resident
from tests.registry.builders import FAR, TOWN, VILLAGE, a_number
from tests.registry.circumstances.entering import membership
from tests.registry.conftest import Client, Events
from tests.registry.corrections.asking import approve, refuse
from tests.registry.persons.test_numbers import logged
from tests.registry.proofs.proving import PHONE, close, code_of, prove
from tests.registry.steps import (
    CLERK,
    CORRECTIONS,
    DUPLICATES,
    FAR_CLERK,
    HOUSEHOLDS,
    OWN,
    PERSONS,
    PROOFS,
    REGISTRAR,
    assert_not_found,
    assert_refused,
    found,
    given,
    leave,
    proposed,
    register,
    start_tag,
)
from tests.registry.terms.entering import a_resident, enter

OTHER_PHONE = "13900001111"


async def correcting(client: AsyncClient, path: str, version: int, **what: Any) -> Any:
    """A correction is asked for, of the phone unless other fields are given."""
    body = {"changes": {"phone": OTHER_PHONE}, "reason": "new_evidence"} | what
    return await client.post(path, json=body, headers={"if-match": f'"{version}.own"'})


async def test_a_person_reads_all_that_is_kept_of_them_and_nothing_of_others(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    mine, person = await bound(client_of, client_of(*CLERK))
    other = await register(registrar, name="欧阳远航", sex="1", birth_date="1958-02-03", phone="13700002222")
    spouse = {"relation": "10", "person_id": other["id"]}
    household = {
        "kind": "legal",
        "area": VILLAGE,
        "established_on": "2026-01-01",
        "members": [{"relation": "02", "person_id": person["id"]}, spouse],
    }
    given(await registrar.post(HOUSEHOLDS, json=household), 201)
    await start_tag(registrar, person["id"], "elder_alone")
    await start_tag(registrar, person["id"], "drug_user", restricted=True)
    given(await registrar.post(f"{PERSONS}/{person['id']}/circumstances", json=membership()), 201)
    answer = await mine.get(f"{OWN}/data")
    shown = given(answer)
    assert answer.headers["etag"] == f'"{shown["version"]}.own"'
    assert (shown["id"], shown["left_out"]) == (person["id"], LEFT_OUT)
    kept = shown["person"]
    assert (kept["name"], kept["phone"], kept["address"]) == ("覃秀英", PHONE, "思孟村三组十二号")
    assert (kept["birth_date"], kept["document_type"], len(kept["document_number"])) == ("1960-05-17", "citizen_id", 18)
    entries = {(one["group"], one["code"]) for one in shown["entries"]}
    assert {("household", "legal"), ("tag", "elder_alone"), ("life_event", "enrolled")} <= entries
    assert ("circumstance", membership()["kind"]) in entries, "what few may know of others is one's own"
    assert shown["places"][VILLAGE] == "思孟村委会"
    for hidden in (other["id"], "欧阳远航", "drug_user", "吸毒"):
        assert hidden not in answer.text
    for stranger in (resident(client_of, "unbound"), client_of("resident", FAR, subject="elsewhere")):
        for path in ("data", "accesses", "copies", "corrections"):
            assert_refused(await stranger.get(f"{OWN}/{path}"), "account_not_bound")
        assert_refused(await stranger.post(f"{OWN}/copies"), "account_not_bound")
    assert_refused(await registrar.get(f"{OWN}/data"), "forbidden")


async def test_a_person_is_told_who_looked_in_which_role_where_and_what_for_but_not_by_name(
    client_of: Client, county: None, committed: Database
) -> None:
    registrar = client_of(*REGISTRAR, subject="registrar-liu")
    mine, person = await bound(client_of, client_of(*CLERK, subject="clerk-wang"))
    path = f"{PERSONS}/{person['id']}"
    given(await registrar.get(path, params={"view": "full", "purpose": "case_handling"}))
    given(await registrar.get(f"{path}/restricted-tags"))
    given(await mine.get(f"{OWN}/data"))
    first = given(await mine.get(f"{OWN}/accesses", params={"limit": 2}))
    rest = given(await mine.get(f"{OWN}/accesses", params={"limit": 50, "cursor": first["next_cursor"]}))
    lines = [*first["items"], *rest["items"]]
    told = [(one["role"], one["area"], one["purpose"], one["action"], one["detail"]) for one in lines]
    assert ("county_registrar", VILLAGE, "case_handling", "read", "full") in told
    assert ("resident", VILLAGE, "self", "read_own", "full") in told
    assert "read_tags" in {one["action"] for one in lines}
    assert not any("restricted" in one["action"] for one in lines)
    assert all(one["occurred_at"] for one in lines)
    for name in ("registrar-liu", "clerk-wang"):
        assert name not in str(lines)
    noted = [entry for entry in await logged(committed, "resident-1") if entry[0].startswith("read_own")]
    assert len(noted) == 3, "each look at the log is in the log"


async def test_a_copy_is_for_programs_and_for_people_and_is_kept_as_given(
    client_of: Client, county: None, committed: Database, app: FastAPI
) -> None:
    mine, person = await bound(client_of, client_of(*CLERK))
    made = given(await mine.post(f"{OWN}/copies"), 201)
    assert made["data"]["person"]["phone"] == PHONE
    for line in ("姓名：覃秀英", "居住地：思孟村委会", "【人口事项】", "登记在册：2026-01-01，思孟村委会", LEFT_OUT):
        assert line in made["text"].splitlines()
    (listed,) = given(await mine.get(f"{OWN}/copies"))["items"]
    assert (listed["id"], listed["role"], listed["place"]) == (made["id"], "resident", None)
    async with committed.session() as session:
        for table in ("person_copies", "access_log", "outbox", "idempotency_keys"):
            rows = str((await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))).scalars().all())
            assert not [
                plain for plain in (PHONE, "覃秀英", made["data"]["person"]["document_number"]) if plain in rows
            ]
    assert ("copy_own", person["id"], "full", "ok") in await logged(committed, "resident-1")
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": 2})
    assert [(await mine.get(f"{OWN}/data")).status_code for _ in range(3)][-1] == 429


async def test_a_person_asks_for_a_correction_that_somebody_checks(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of("town_officer", TOWN, subject="officer")
    mine, person = await bound(client_of, clerk)
    version = given(await mine.get(f"{OWN}/data"))["version"]
    assert_refused(await correcting(mine, f"{OWN}/corrections", version + 1), "version_mismatch")
    made = given(await correcting(mine, f"{OWN}/corrections", version, note="换了号码"), 201)
    assert (made["steps"], made["own"], made["differences"][0]["before"]) == (["check"], True, PHONE)
    assert_refused(await correcting(mine, f"{OWN}/corrections", version), "correction_pending")
    itself = client_of("village_clerk", VILLAGE, subject="resident-1")  # a clerk who is the resident
    assert_refused(await approve(itself, made, "check"), "correction_four_eyes")
    given(await approve(clerk, made, "check"))
    shown = given(await mine.get(f"{OWN}/data"))
    assert shown["person"]["phone"] == OTHER_PHONE

    renamed = given(await correcting(mine, f"{OWN}/corrections", shown["version"], changes={"name": "覃秀瑛"}), 201)
    assert renamed["steps"] == ["check", "approve"], "what policy guards takes all its steps"
    withdrawn = given(await mine.post(f"{OWN}/corrections/{renamed['id']}/withdraw"))
    assert withdrawn["status"] == "withdrawn"
    assert_refused(await mine.post(f"{OWN}/corrections/{renamed['id']}/withdraw"), "correction_decided")
    theirs = given(
        await client_of(*CLERK, subject="asks").post(
            f"{PERSONS}/{person['id']}/corrections",
            json={"changes": {"name": "覃秀瑛"}, "reason": "entry_error"},
            headers={"if-match": f'"{shown["version"]}"'},
        ),
        201,
    )
    assert_not_found(await mine.post(f"{OWN}/corrections/{theirs['id']}/withdraw"))
    given(await refuse(officer, theirs))
    answer = await mine.get(f"{OWN}/corrections")
    assert [(one["own"], one["status"]) for one in given(answer)["items"]] == [
        (False, "refused"),
        (True, "withdrawn"),
        (True, "carried_out"),
    ]
    for name in ("asks", "officer"):
        assert f'"{name}"' not in answer.text
    another, _ = await bound(client_of, clerk, "resident-2")
    assert_not_found(await another.post(f"{OWN}/corrections/{renamed['id']}/withdraw"))
    assert given(await another.get(f"{OWN}/corrections"))["items"] == []
    told = str(await events("registry.correction."))
    assert renamed["id"] in told
    assert person["id"] not in told
    assert OTHER_PHONE not in told


async def test_at_a_counter_the_same_is_done_by_a_proof_of_which_somebody_else_gave_out_the_code(
    client_of: Client, county: None, committed: Database, clock: FrozenClock
) -> None:
    clerk, far = client_of(*CLERK, subject="home"), client_of(*FAR_CLERK, subject="counter")
    number = a_number()
    person = await register(clerk, document={"number": number}, phone=None)
    case = await prove(far, number, phone=None, code=await code_of(clerk, person["id"]))
    assert_refused(await far.post(f"{PROOFS}/{case['id']}/copies"), "proof_for_other_purpose")
    itself = {"phone": None, "purpose": "self"}
    own = await prove(clerk, number, **itself, place=VILLAGE, code=await code_of(clerk, person["id"]))
    assert own["status"] == "open"
    for path in ("copies", "accesses"):
        assert_refused(await clerk.post(f"{PROOFS}/{own['id']}/{path}"), "proof_code_by_counter")
    assert_refused(await correcting(clerk, f"{PROOFS}/{own['id']}/corrections", 1), "proof_code_by_counter")

    proof = await prove(far, number, **itself, code=await code_of(clerk, person["id"]))
    path = f"{PROOFS}/{proof['id']}"
    made = given(await far.post(f"{path}/copies"), 201)
    assert (made["data"]["person"]["document_number"], made["place"]) == (number, FAR)
    looks = given(await far.post(f"{path}/accesses"))["items"]
    assert {"copy_by_proof"} <= {one["action"] for one in looks}
    assert "home" not in str(looks)
    asked = given(await correcting(far, f"{path}/corrections", made["data"]["version"]), 201)
    assert (asked["status"], asked["steps"]) == ("requested", ["check"])
    assert_not_found(await far.post(f"{CORRECTIONS}/{asked['id']}/approve", json={"step": "check"}))
    assert given(await far.get(path))["uses"] == 3
    assert (await far.post(f"{path}/extract")).status_code == 422, "no extract is sealed for this purpose"
    colleague = client_of(*FAR_CLERK, subject="colleague")
    for what in ("copies", "accesses"):
        assert_not_found(await colleague.post(f"{path}/{what}"))
    assert_not_found(await correcting(colleague, f"{path}/corrections", 1))
    noted = {(action, detail) for action, _, detail, _ in await logged(committed, "counter")}
    assert {("copy_by_proof", "full"), ("read_accesses_by_proof", "masked")} <= noted
    given(await close(far, proof))
    assert_refused(await far.post(f"{path}/copies"), "proof_over")
    late = await prove(far, number, **itself, code=await code_of(clerk, person["id"]))
    clock.advance(minutes=15)
    assert_refused(await far.post(f"{PROOFS}/{late['id']}/copies"), "proof_over")


async def test_an_answer_is_given_again_only_to_whom_it_is_still_told(
    client_of: Client, county: None, clock: FrozenClock
) -> None:
    clerk, far = client_of(*CLERK, subject="home"), client_of(*FAR_CLERK, subject="counter")
    mine, person = await bound(client_of, clerk)
    key = {"idempotency-key": "mine"}
    first = await mine.post(f"{OWN}/copies", headers=key)
    assert (given(first, 201), (await mine.post(f"{OWN}/copies", headers=key)).content) == (first.json(), first.content)
    asking = {"changes": {"phone": OTHER_PHONE}, "reason": "new_evidence"}
    seen = {"if-match": f'"{first.json()["data"]["version"]}.own"', **key}
    given(await mine.post(f"{OWN}/corrections", json=asking, headers=seen), 201)
    (binding,) = given(await clerk.get(f"{PERSONS}/{person['id']}/bindings"))["items"]
    given(await clerk.post(f"/registry/v1/bindings/{binding['id']}/end", json={"reason": "wrong_person"}))
    assert_refused(await mine.post(f"{OWN}/copies", headers=key), "account_not_bound")
    assert_refused(await mine.post(f"{OWN}/corrections", json=asking, headers=seen), "account_not_bound")
    number = a_number()
    another = await register(clerk, document={"number": number})
    body = {"document_number": number, "code": await code_of(clerk, another["id"])}
    assert given(await mine.post(f"{OWN}/binding", json=body), 201)["status"] == "bound"
    assert_refused(await mine.post(f"{OWN}/copies", headers=key), "account_not_bound")

    proof = await prove(far, number, phone=None, purpose="self", code=await code_of(clerk, another["id"]))
    path = f"{PROOFS}/{proof['id']}/copies"
    first = await far.post(path, headers=key)
    assert (given(first, 201), (await far.post(path, headers=key)).content) == (first.json(), first.content)
    clock.advance(minutes=15)
    assert_refused(await far.post(path, headers=key), "proof_over")


async def test_who_looked_and_copies_follow_a_merge(client_of: Client, county: None) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of("town_officer", TOWN, subject="officer")
    mine, person = await bound(client_of, clerk)
    made = given(await mine.post(f"{OWN}/copies"), 201)
    survivor = await register(clerk, phone="13807748111", birth_date="1960-05-18")
    pair = await proposed(clerk, person["id"], survivor["id"])
    given(await officer.post(f"{DUPLICATES}/{pair['id']}/approve"))
    assert given(await mine.get(f"{OWN}/data"))["id"] == survivor["id"]
    assert [one["id"] for one in given(await mine.get(f"{OWN}/copies"))["items"]] == [made["id"]]
    pages, cursor = list[Any](), None
    while not pages or cursor is not None:
        asked = {"limit": 3} | ({} if cursor is None else {"cursor": cursor})
        page = given(await mine.get(f"{OWN}/accesses", params=asked))
        pages, cursor = [*pages, page["items"]], page["next_cursor"]
    looks = [one for page in pages for one in page]
    assert {"copy_own", "bind_account", "read_own"} <= {one["action"] for one in looks}
    assert [one["occurred_at"] for one in looks] == sorted((one["occurred_at"] for one in looks), reverse=True)


async def test_benefits_posts_grades_and_households_of_before_are_among_what_is_kept(
    client_of: Client, county: None, committed: Database
) -> None:
    registrar = client_of(*REGISTRAR)
    mine, person = await bound(client_of, client_of(*CLERK))
    tag = await start_tag(registrar, person["id"], "disabled", level="2")
    async with committed.session() as session:
        await BenefitRepository(session).add(a_benefit(person["id"], tag["id"]))
        await session.commit()
    await enter(registrar, a_resident(person["id"], "director"))
    other = await register(registrar, name="欧阳远航", sex="1", birth_date="1958-02-03", phone="13700002222")
    head = {"relation": "02", "person_id": other["id"]}
    household = await found(registrar, head, {"relation": "10", "person_id": person["id"]}, kind="living")
    given(await leave(registrar, household, person["id"], "2026-03-05"))
    entries = {(one["group"], one["code"]): one for one in given(await mine.get(f"{OWN}/data"))["entries"]}
    assert entries["tag", "disabled"]["details"] == {"等级": "二级"}
    benefit = entries["benefit", "disabled"]
    assert (benefit["title"], benefit["began_on"]) == ("持证残疾人", "2026-02-01")
    assert benefit["details"] == {"状态": "在享", "等级": "二级", "每月金额": "640.05元"}
    assert entries["term", "director"]["area"] == VILLAGE
    left = entries["household", "living"]
    assert (left["ended_on"], left["area"]) == ("2026-03-05", None), "where the others are since is theirs"
    assert "【待遇】" in given(await mine.post(f"{OWN}/copies"), 201)["text"].splitlines()


def a_benefit(person: str, tag: str) -> BenefitRecord:
    """What a list of disabled people says of somebody."""
    nothing: dict[str, Any] = dict.fromkeys(("missing_on", "ended_on", "reason", "decided_by", "decided_at"))
    return BenefitRecord(
        id=new_id(),
        version=1,
        person_id=UUID(person),
        kind="disabled",
        source="urn:county:450481:disabled-persons-federation",
        area=VILLAGE[:6],
        list_id="CL-2026-02",
        as_of=date(2026, 2, 10),
        since=date(2026, 2, 1),
        level="2",
        monthly_fen=64_005,
        status="held",
        tag_id=UUID(tag),
        tag_ended=False,
        recorded_at=datetime(2026, 2, 11, tzinfo=UTC),
        **nothing,
    )
