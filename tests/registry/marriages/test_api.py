"""Marriages over HTTP: who may marry, what ends a marriage, which marital status follows, what is shown."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import FAR, SISTER
from tests.registry.conftest import Client, Events
from tests.registry.marriages.marrying import (
    OUTSIDE,
    PARTING,
    WEDDING,
    a_man,
    a_woman,
    divorce,
    marital,
    marriages_of,
    married,
    marry,
    take_back,
)
from tests.registry.persons.test_numbers import logged
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    MARRIAGES,
    PERSONS,
    REGISTRAR,
    REVERSALS,
    Json,
    assert_not_found,
    assert_refused,
    correct,
    die,
    given,
    go_missing,
    last_event,
    person_of,
    register,
    reverse,
    undone,
)

FAR_AWAY = {"residence": {"area": FAR}, "registration": {"area": FAR}}


async def test_two_of_the_register_marry_and_are_divorced(client_of: Client, county: None, events: Events) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    man, woman = await a_man(clerk), await a_woman(clerk)
    assert await marital(clerk, man) == "90", "nobody has said whether he is married"
    made = await married(clerk, man, woman)
    assert (made["status"], made["married_on"], made["ended_on"], made["spouse"]) == ("married", WEDDING, None, None)
    for one in (man, woman):
        told = await marriages_of(clerk, one)
        assert (told["marital_status"], [each["id"] for each in told["items"]]) == ("20", [made["id"]])
    done = given(await divorce(clerk, made))
    assert (done["status"], done["ended_on"], done["version"]) == ("divorced", PARTING, 2)
    assert [(one["step"], one["recorded_by"]) for one in done["steps"]] == [
        ("registered", "clerk"),
        ("divorced", "clerk"),
    ]
    assert given(await clerk.get(f"{MARRIAGES}/{made['id']}")) == done
    assert {await marital(clerk, man), await marital(clerk, woman)} == {"40"}
    facts = [one["type"].rsplit(".", 1)[1] for one in await events("registry.marriage", made["id"])]
    assert facts == ["registered", "divorced"]


async def test_marital_status_follows_from_later_marriages(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    man, woman, other = await a_man(clerk), await a_woman(clerk), await a_woman(clerk, birth_date="1991-05-17")
    first = await married(clerk, man, woman, married_on="2026-01-05")
    given(await divorce(clerk, first, divorced_on="2026-01-20"))
    again = await married(clerk, man, woman, married_on="2026-01-20")
    assert await marital(clerk, man) == "23", "married to the same one again"
    given(await divorce(clerk, again, divorced_on="2026-02-01"))
    await married(clerk, other, man, married_on="2026-02-02")
    assert [await marital(clerk, one) for one in (man, other, woman)] == ["22", "20", "40"]


async def test_nobody_is_married_twice_on_one_day(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    man, woman, other = await a_man(clerk), await a_woman(clerk), await a_woman(clerk, birth_date="1991-05-17")
    made = await married(clerk, man, woman)
    taken = [("person_id", "married_already")]
    for day in (WEDDING, "2026-03-16", "2015-01-05"):  # the last one would hold until today
        assert_refused(await marry(clerk, man, other, married_on=day), "married_already", taken)
    assert_refused(await marry(clerk, woman), "married_already", taken)
    assert_refused(await marry(clerk, other, man), "married_already", [("spouse_id", "married_already")])
    given(await divorce(clerk, made))
    assert_refused(await marry(clerk, man, other, married_on="2026-03-01"), "married_already", taken)
    await married(clerk, man, other, married_on=PARTING)


async def test_a_marriage_asks_for_age_sex_and_two_persons(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    man, woman = await a_man(clerk), await a_woman(clerk)
    boy = await a_man(clerk, birth_date="2004-02-11")
    girl = await a_woman(clerk, birth_date="2006-02-11")
    assert_refused(await marry(clerk, man, man), "spouse_twice", [("spouse_id", "spouse_twice")])
    assert_refused(await marry(clerk, man, boy), "marriage_same_sex", [("spouse_id", "marriage_same_sex")])
    assert_refused(await marry(clerk, boy, woman), "marriage_under_age", [("person_id", "marriage_under_age")])
    young = [("person_id", "marriage_under_age"), ("spouse_id", "marriage_under_age")]
    assert_refused(await marry(clerk, boy, girl), "marriage_under_age", young)
    wrong: list[tuple[Json, str]] = [
        ({"spouse": OUTSIDE | {"birth_date": "2005-01-01"}}, "marriage_under_age"),
        ({"spouse": OUTSIDE | {"sex": "2"}}, "marriage_same_sex"),
        ({"married_on": "2026-03-17"}, "marriage_dates"),
        ({"households_on": "2026-02-09"}, "marriage_dates"),
        ({"spouse": OUTSIDE | {"name": "梁?"}}, "invalid_request"),
    ]
    for what, code in wrong:
        answer = await marry(clerk, woman, **what)
        assert answer.json()["code"] == code, answer.text
    await married(clerk, boy, girl, married_on="2026-02-11")  # the birthday of both


async def test_near_kin_do_not_marry(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    mother, father = await a_woman(clerk, birth_date="1950-05-17"), await a_man(clerk, birth_date="1948-03-02")

    async def child(sex: str, born: str, **parents: str) -> str:
        parts = {f"{who}_id": one for who, one in parents.items()}
        birth = {"entry": "birth", "occurred_on": born, "reported_on": "2026-01-02", "birth_date": born}
        body = {"name": f"覃小{'甲乙丙丁戊'[len(made)]}", "sex": sex, "delivery": parts, **birth}
        made.append(str((await register(clerk, **body))["id"]))
        return made[-1]

    made: list[str] = []
    son = await child("1", "1970-01-05", mother=mother)
    daughter = await child("2", "1972-01-05", mother=mother, father=father)
    grandson = await child("1", "1994-01-05", father=son)
    granddaughter = await child("2", "1996-01-05", mother=daughter)
    great = await child("2", "2005-01-05", mother=granddaughter)
    for one, other in ((son, mother), (son, daughter), (grandson, daughter), (grandson, granddaughter), (son, great)):
        answer = await marry(clerk, one, other)
        if (one, other) == (son, great):  # the great-grandchild of his mother: the fourth generation
            given(answer, 201)
        else:
            assert_refused(answer, "marriage_of_near_kin", [("spouse_id", "marriage_of_near_kin")])
    assert_refused(await marry(clerk, father, great), "marriage_of_near_kin")


async def test_kin_are_known_by_households_too(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    head, sister = await a_man(clerk, birth_date="1960-03-02"), await a_woman(clerk, birth_date="1965-05-17")
    son, wife = await a_man(clerk, birth_date="1985-03-02"), await a_woman(clerk, birth_date="1986-03-02")
    members = [(head, "02"), (sister, "77"), (son, "20"), (wife, "38")]
    body = {
        "kind": "legal", "area": SISTER[:9] + "201", "established_on": "2026-01-01",
        "members": [{"person_id": one, "relation": relation} for one, relation in members],
    }  # fmt: skip
    given(await clerk.post("/registry/v1/households", json=body), 201)
    for one, other in ((head, sister), (son, sister)):
        assert_refused(await marry(clerk, one, other), "marriage_of_near_kin")
    await married(clerk, son, wife)


async def test_a_death_ends_a_marriage_and_its_undoing_restores_it(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR, subject="second")
    man, woman, other = await a_man(clerk), await a_woman(clerk), await a_man(clerk, birth_date="1985-03-02")
    made = await married(clerk, man, woman)
    assert_refused(await die(clerk, man, "2026-02-09"), "event_out_of_order")
    given(await die(clerk, man, "2026-02-20"))
    assert [await marital(clerk, one) for one in (man, woman)] == ["20", "30"], "he was married until his death"
    second = await married(clerk, woman, other, married_on="2026-03-01")
    death = await last_event(clerk, man)
    named = [(f"marriages.{second['id']}", "marriage")]
    assert_refused(await reverse(clerk, man, death, corrected_on="2026-03-02"), "event_rested_on", named)
    waiting = given(await reverse(clerk, man, death), 201)
    assert_refused(await registrar.post(f"{REVERSALS}/{waiting['id']}/approve"), "event_rested_on", named)
    given(await take_back(clerk, second, "withdraw"))
    given(await registrar.post(f"{REVERSALS}/{waiting['id']}/approve"))
    read = given(await clerk.get(f"{MARRIAGES}/{made['id']}"))
    assert (read["status"], read["ended_on"]) == ("married", None)
    assert [(one["step"], one["recorded_by"]) for one in read["steps"][1:]] == [("widowed", None), ("restored", None)]
    facts = [one["type"].rsplit(".", 1)[1] for one in await events("registry.marriage", made["id"])]
    assert facts == ["registered", "widowed", "restored"]


async def test_whoever_has_died_or_is_missing_marries_nobody(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    man, woman, lost = await a_man(clerk), await a_woman(clerk), await a_man(clerk, birth_date="1985-03-02")
    given(await die(clerk, man, "2026-02-01"))
    assert_refused(await marry(clerk, woman, man), "person_deceased")
    late = await married(clerk, woman, man, married_on="2026-01-05")  # found out afterwards
    assert (late["status"], late["ended_on"]) == ("widowed", "2026-02-01")
    given(await go_missing(clerk, lost, "2026-03-01"))
    assert_refused(await marry(clerk, woman, lost), "person_missing")


async def test_an_outside_spouse_is_shown_masked_and_stored_sealed(
    client_of: Client, county: None, committed: Database, events: Events
) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    woman = await a_woman(clerk)
    made = await married(clerk, woman)
    assert (made["spouse_id"], made["spouse"]) == (None, {"name": "梁*山", "sex": "1", "birth_month": "1990-03"})
    async with committed.session() as session:
        stored = [
            (await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))).scalars().all()
            for table in ("marriages", "marriage_steps", "access_log")
        ]
    announced = await events("registry.marriage", made["id"])
    for plain in ("大山", "1990-03", '"sex"'):
        assert plain not in str(stored), plain
        assert plain not in str(announced), plain
    assert ("register_marriage", woman, "write", "ok") in await logged(committed, "clerk")
    died = {"died_on": "2026-03-01"}
    done = given(await clerk.post(f"{MARRIAGES}/{made['id']}/spouse-died", json=died))
    assert (done["status"], await marital(clerk, woman)) == ("widowed", "30")
    assert_refused(await clerk.post(f"{MARRIAGES}/{made['id']}/spouse-died", json=died), "marriage_ended")
    assert_refused(await divorce(clerk, made), "marriage_ended")
    assert given(await take_back(clerk, made, "restore"))["status"] == "married"
    assert_refused(await take_back(clerk, made, "restore"), "marriage_not_ended")


async def test_the_death_of_a_spouse_in_the_register_is_recorded_there(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    made = await married(clerk, await a_woman(clerk), await a_man(clerk))
    answer = await clerk.post(f"{MARRIAGES}/{made['id']}/spouse-died", json={"died_on": "2026-03-01"})
    assert_refused(answer, "spouse_in_register")


async def test_only_who_holds_one_of_them_sees_a_marriage_and_both_are_needed_to_record_it(
    client_of: Client, county: None
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    woman, theirs = await a_woman(clerk), await a_man(far, **FAR_AWAY)
    assert_not_found(await marry(clerk, woman, theirs), "spouse_id")
    assert_not_found(await marry(clerk, theirs, woman), "person_id")
    at_home = await married(clerk, woman)
    assert_not_found(await far.get(f"{MARRIAGES}/{at_home['id']}"))
    assert_not_found(await far.get(f"{PERSONS}/{woman}/marriages"))
    for verb in ("restore", "withdraw"):
        assert_not_found(await take_back(far, at_home, verb))
    assert_not_found(await divorce(far, at_home))
    given(await take_back(clerk, at_home, "withdraw"))
    made = await married(client_of(*REGISTRAR), woman, theirs)
    for one in (clerk, far):
        assert given(await one.get(f"{MARRIAGES}/{made['id']}"))["status"] == "married"
    assert given(await divorce(far, made))["status"] == "divorced"


@pytest.mark.usefixtures("unguarded")
async def test_a_correction_does_not_contradict_a_marriage(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    places: dict[str, Any] = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-01"}}
    man = await a_man(clerk, **places)
    await married(clerk, man, await a_woman(clerk))
    for what, code in (
        ({"sex": "2"}, "sex_disagrees_with_marriage"),
        ({"birth_date": "2006-02-11"}, "birth_date_disagrees_with_marriage"),
    ):
        assert_refused(await correct(clerk, await person_of(clerk, man), **what), code)
    given(await correct(clerk, await person_of(clerk, man), birth_date="1989-02-11"))


async def test_an_entry_is_not_taken_back_while_a_marriage_stands(client_of: Client, county: None) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR, subject="second")
    man = await a_man(clerk)
    made = await married(clerk, man, await a_woman(clerk))
    entry = await last_event(clerk, man)
    waiting = given(await reverse(clerk, man, entry), 201)
    named = [(f"marriages.{made['id']}", "marriage")]
    assert_refused(await registrar.post(f"{REVERSALS}/{waiting['id']}/approve"), "event_rested_on", named)
    given(await clerk.post(f"{REVERSALS}/{waiting['id']}/withdraw"))
    given(await take_back(clerk, made, "withdraw"))
    assert (await undone(clerk, registrar, man, entry))["status"] == "done"


async def test_a_divorce_is_restored_unless_a_later_marriage_rests_on_it(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    man, woman, other = await a_man(clerk), await a_woman(clerk), await a_man(clerk, birth_date="1985-03-02")
    made = await married(clerk, man, woman)
    given(await divorce(clerk, made))
    second = await married(clerk, woman, other, married_on="2026-03-10")
    named = [(f"marriages.{second['id']}", "marriage")]
    assert_refused(await take_back(clerk, made, "restore"), "marriage_rested_on", named)
    given(await take_back(clerk, made, "withdraw"))  # the first one never was: the second one does not rest on it
    assert [await marital(clerk, one) for one in (man, woman)] == ["90", "20"]
    assert_refused(await take_back(clerk, made, "withdraw"), "marriage_ended")
    assert_refused(await take_back(clerk, made, "restore"), "marriage_not_ended")
