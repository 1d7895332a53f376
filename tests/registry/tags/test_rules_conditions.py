"""Who may carry a tag: age, sex, residence and life; and when a tag is announced again."""

import pytest

from services.registry.tags.domain import CARE
from services.registry.tags.domain import SENSITIVE as RESTRICTED
from tests.registry.builders import SISTER
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    PERSONS,
    REGISTRAR,
    Json,
    assert_refused,
    correct,
    die,
    given,
    move_in,
    move_out,
    person_of,
    register,
    start_tag,
)
from tests.registry.tags.test_rules import SENSITIVE

UNFIT: list[tuple[str, Json, str, list[str]]] = [
    ("left_behind_child", {"birth_date": "1986-03-01"}, "2026-03-01", ["age_above"]),
    ("left_behind_child", {"birth_date": "2010-03-16"}, "2026-03-01", ["age_above"]),  # sixteen today
    ("left_behind_child", {"birth_date": "2010-03-16"}, "2026-01-01", ["age_above"]),  # begun in time, not over
    ("left_behind_elder", {"birth_date": "2006-03-01"}, "2026-03-01", ["age_below"]),
    ("elder_alone", {"birth_date": "1966-03-02"}, "2026-03-01", ["age_below"]),  # sixty tomorrow
    ("elder_empty_nest", {"birth_date": "1980-03-01", "residence": None}, "2026-03-01", ["age_below", "residence"]),
    ("elder_oldest", {"birth_date": "1950-03-01"}, "2026-03-01", ["age_below"]),
    ("left_behind_woman", {"birth_date": "1980-03-01", "sex": "1"}, "2026-03-01", ["sex"]),
    ("left_behind_woman", {"birth_date": "2015-03-01"}, "2026-03-01", ["age_below"]),
    ("orphan", {"birth_date": "2008-03-16"}, "2026-03-01", ["age_above"]),
    ("unemployed", {"birth_date": "2012-03-01"}, "2026-03-01", ["age_below"]),
    ("migrant_worker", {"birth_date": "2012-03-01"}, "2026-03-01", ["age_below"]),
    ("elder_alone", {"birth_date": "1950-03-01"}, "2025-12-31", ["residence"]),  # a day before the residence began
    ("community_correction", {"residence": None}, "2026-03-01", ["residence"]),
    ("released_prisoner", {"birth_date": "2020-03-01"}, "2026-03-01", ["age_below"]),
    ("key_youth", {"birth_date": "1989-03-01"}, "2026-03-01", ["age_above"]),
]


async def test_a_tag_that_age_sex_or_residence_rule_out_is_refused_with_the_source(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    for code, what, started_on, problems in UNFIT:
        person = (await register(client, **what))["id"]
        kind = "restricted-tags" if code in SENSITIVE else "tags"
        answer = await client.post(f"{PERSONS}/{person}/{kind}", json={"code": code, "started_on": started_on})
        assert_refused(answer, "tag_does_not_fit", [("code", problem) for problem in problems])
        assert all(one["message"].endswith("）") for one in answer.json()["errors"]), "the source"
    assert [one for one in await events() if "tag" in one["type"]] == []


FIT: list[tuple[str, Json, str]] = [
    ("left_behind_child", {"birth_date": "2010-03-17"}, "2026-03-01"),  # sixteen tomorrow
    ("elder_alone", {"birth_date": "1966-03-01"}, "2026-03-01"),  # sixty on the day
    ("elder_oldest", {"birth_date": "1946-03-16", "residence": None}, "2026-03-16"),
    ("migrant_worker", {"birth_date": "1990-03-01", "residence": None}, "2026-03-01"),
    ("disabled", {"birth_date": "2020-03-01"}, "2020-03-01"),
]


async def test_a_tag_that_just_fits_starts(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    for code, what, started_on in FIT:
        person = (await register(client, **what))["id"]
        assert (await start_tag(client, person, code, started_on))["ended_on"] is None


@pytest.mark.parametrize("code", ["elder_alone", "disabled", "drug_user"])
async def test_nobody_dead_or_gone_gets_a_tag(client_of: Client, county: None, events: Events, code: str) -> None:
    client = client_of(*REGISTRAR)
    dead, gone = [(await register(client))["id"] for _ in range(2)]
    given(await die(client, dead, "2026-03-10"))
    given(await move_out(client, gone, "2026-03-10"))
    kind = "restricted-tags" if code in SENSITIVE else "tags"
    for person, refusal in ((dead, "person_deceased"), (gone, "person_not_active")):
        for day in ("2026-03-01", "2026-03-12"):
            answer = await client.post(f"{PERSONS}/{person}/{kind}", json={"code": code, "started_on": day})
            assert_refused(answer, refusal)
    assert [one for one in await events() if "tag" in one["type"]] == []


@pytest.mark.usefixtures("unguarded")
async def test_a_tag_is_announced_again_only_if_it_repeats_what_changed(
    client_of: Client, county: None, events: Events
) -> None:
    """Registered place, name and day of birth within the month are not in a tag; residence, sex and month are."""
    client = client_of(*REGISTRAR)
    born = {"birth_date": "2026-02-03", "entry": "enrolled", "occurred_on": "2026-02-10"}
    person = await register(client, document={"type": "passport", "number": "E10203040"}, **born)
    tag = await start_tag(client, person["id"], "disabled")

    async def told() -> list[str]:
        return [one["type"].rpartition(".")[2] for one in await events("registry.tag.", tag["id"])]

    given(await correct(client, person, name="覃小宝", birth_date="2026-02-04"))
    given(await move_in(client, person["id"], "2026-03-02", registration=SISTER))
    assert await told() == ["started"]
    person = await person_of(client, person["id"])
    given(await correct(client, person, birth_date="2026-01-04"))
    given(await move_in(client, person["id"], "2026-03-03", residence=SISTER))
    given(await move_out(client, person["id"], "2026-03-04", books=["registration"]))
    assert await told() == ["started", "followed", "followed", "followed"], "who left the book lives here floating"
    given(await die(client, person["id"], "2026-03-05"))
    assert (await told())[4:] == ["ended"]


async def test_the_catalogue_says_who_may_carry_a_tag_and_a_grade_is_one_of_its(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    kinds = {one["code"]: one for one in given(await client.get("/registry/v1/tag-catalogue"))["items"]}
    assert kinds.keys() == CARE.keys() | RESTRICTED.keys()
    child = kinds["left_behind_child"]
    told = (child["family"], child["min_age"], child["below_age"], child["lives_here"], child["needs_guardian"])
    assert told == ("care", None, 16, True, True)
    assert (child["source"], child["guardian_source"]) == ("国发〔2016〕13号", "未成年人保护法第二十二条")
    assert [one["title"] for one in kinds["disabled"]["levels"]] == ["一级", "二级", "三级", "四级"]
    person = (await register(client))["id"]
    body = {"code": "disabled", "level": "5", "started_on": "2026-03-01"}
    assert_refused(await client.post(f"{PERSONS}/{person}/tags", json=body), "unknown_tag_level")
    assert (await start_tag(client, person, "disabled", level="2"))["level"] == "2"
    assert (await start_tag(client, person, "minimum_living", level="A1"))["level"] == "A1", "no list, any grade"
