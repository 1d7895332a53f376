"""What marriages and divorces change in households: head and relations on both sides, moves, and their undoing."""

from datetime import date

from tests.registry.builders import FAR, SISTER, VILLAGE, a_number
from tests.registry.conftest import Client, Events
from tests.registry.marriages.marrying import (
    PARTING,
    WEDDING,
    a_man,
    a_woman,
    divorce,
    marital,
    married,
    marry,
    now_in,
    of_one,
    of_two,
    take_back,
)
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    MARRIAGES,
    REGISTRAR,
    TRANSFERS,
    Json,
    assert_not_found,
    assert_refused,
    given,
    household_of,
    life_events,
    move_in,
    person_of,
)

FAR_AWAY = {"residence": {"area": FAR}, "registration": {"area": FAR}}


def joins(person: str, household: Json, relation: str = "12") -> Json:
    return {"person_id": person, "household_id": household["id"], "relation": relation}


def founds(person: str, kind: str = "legal") -> Json:
    return {"kind": kind, "person_id": person}


async def test_a_daughter_leaves_her_parents_for_her_husbands_household_and_comes_back(
    client_of: Client, county: None
) -> None:
    clerk = client_of(*CLERK)
    father, man = await a_man(clerk, birth_date="1960-03-02"), await a_man(clerk)
    woman = await a_woman(clerk)
    parents, his = await of_two(clerk, father, woman, "30"), await of_one(clerk, man)
    before = await household_of(clerk, parents), await household_of(clerk, his)
    made = await married(clerk, man, woman, households=[joins(woman, his)])
    assert await now_in(clerk, parents) == {father: "02"}
    assert await now_in(clerk, his) == {man: "02", woman: "12"}
    (settled,) = made["settlements"]
    assert (settled["kind"], settled["occurred_on"], settled["moved"]) == ("joined", WEDDING, False)
    for household, kind in ((parents, "member_removed"), (his, "member_added")):
        (change,) = given(await clerk.get(f"{HOUSEHOLDS}/{household['id']}/changes"))["items"]
        assert (change["kind"], change["event_id"]) == (kind, settled["event_id"])
    undone = given(await take_back(clerk, made, "withdraw"))
    assert (undone["status"], undone["settlements"][0]["standing"]) == ("withdrawn", False)
    after = await household_of(clerk, parents), await household_of(clerk, his)
    assert [one["members"] for one in after] == [one["members"] for one in before]
    assert await marital(clerk, woman) == "90"


async def test_a_head_who_marries_names_the_next_one(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    man, woman, sister = await a_man(clerk), await a_woman(clerk), await a_woman(clerk, birth_date="1995-05-17")
    hers, his = await of_two(clerk, woman, sister, "77"), await of_one(clerk, man)
    told = {"households": [joins(woman, his)]}
    assert_refused(await marry(clerk, man, woman, **told), "household_needs_head")
    heir = {"head": sister, "relations": [{"person_id": man, "relation": "99"}]}
    assert_refused(await marry(clerk, man, woman, **told, new_head=heir), "succession_names_others")
    made = await married(clerk, man, woman, **told, new_head={"head": sister})
    assert await now_in(clerk, hers) == {sister: "02"}
    given(await take_back(clerk, made, "withdraw"))
    assert await now_in(clerk, hers) == {woman: "02", sister: "77"}


async def test_who_lives_together_already_is_something_else_to_the_head(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    man, woman = await a_man(clerk), await a_woman(clerk)
    shared = await of_two(clerk, man, woman, "99")
    made = await married(clerk, man, woman, households=[joins(woman, shared, "10")])
    assert await now_in(clerk, shared) == {man: "02", woman: "10"}
    spans = [(one["relation"], one["since"], one["until"]) for one in (await household_of(clerk, shared))["members"]]
    assert spans[1:] == [("99", "2026-01-01", WEDDING), ("10", WEDDING, None)]
    assert_refused(await divorce(clerk, made), "divorce_incomplete")
    stays = {"kind": "legal", "person_id": woman, "household_id": shared["id"], "relation": "99"}
    given(await divorce(clerk, made, stays))
    assert await now_in(clerk, shared) == {man: "02", woman: "99"}
    given(await take_back(clerk, made, "restore"))
    assert await now_in(clerk, shared) == {man: "02", woman: "10"}
    given(await take_back(clerk, made, "withdraw"))
    assert await now_in(clerk, shared) == {man: "02", woman: "99"}


async def test_a_spouse_from_another_village_moves_in_both_books(
    client_of: Client, county: None, events: Events
) -> None:
    registrar = client_of(*REGISTRAR)
    man, woman = await a_man(registrar), await a_woman(registrar, **FAR_AWAY)
    legal, living = await of_one(registrar, man), await of_one(registrar, man, "living")
    hers = await of_one(registrar, woman, area=FAR)
    made = await married(registrar, man, woman, households=[joins(woman, legal), joins(woman, living)])
    shown = await person_of(registrar, woman)
    for book in ("residence", "registration"):
        assert (shown[book][0]["area"], shown[book][-1]["area"]) == (FAR, VILLAGE)
    assert [one["moved"] for one in made["settlements"]] == [True, True]
    assert await now_in(registrar, hers) == {}
    for household in (legal, living):
        assert await now_in(registrar, household) == {man: "02", woman: "12"}
    given(await take_back(registrar, made, "withdraw"))
    shown = await person_of(registrar, woman)
    assert [one["area"] for one in shown["residence"] + shown["registration"]] == [FAR, FAR]
    assert await now_in(registrar, hers) == {woman: "02"}
    assert await now_in(registrar, legal) == {man: "02"}
    assert [one["stands"] for one in await life_events(registrar, woman)] == [True, False, False]
    await assert_books_agree(registrar, events)


async def test_where_the_other_book_is_not_the_clerks_the_marriage_is_recorded_and_a_transfer_asked_for(
    client_of: Client, county: None
) -> None:
    """She lives here and is registered elsewhere: her registered place is not this village's to end."""
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    man = await a_man(clerk)
    number = a_number(date(1990, 5, 17))
    woman = await a_woman(registrar, registration={"area": FAR}, document={"number": number})
    his = await of_one(clerk, man)
    refused = await marry(clerk, man, woman, households=[joins(woman, his)])
    assert_refused(refused, "book_of_another_place")
    assert "迁移申请" in refused.json()["advice"]
    assert await marital(clerk, man) == "90"
    made = await married(clerk, man, woman)
    asked = {
        "document_number": number,
        "occurred_on": WEDDING,
        "registration": {"area": VILLAGE},
    }
    transfer = given(await clerk.post(TRANSFERS, json=asked), 201)
    given(await client_of(*FAR_CLERK).post(f"{TRANSFERS}/{transfer['id']}/confirm", json={}))
    given(await clerk.post(f"{HOUSEHOLDS}/{his['id']}/members", json={"person_id": woman, "relation": "12"}))
    assert given(await clerk.get(f"{MARRIAGES}/{made['id']}"))["status"] == "married"


async def test_who_is_divorced_founds_an_own_household_and_the_head_is_followed(
    client_of: Client, county: None
) -> None:
    clerk = client_of(*CLERK)
    man, woman = await a_man(clerk), await a_woman(clerk)
    legal = await of_two(clerk, man, woman, "12")
    living = await of_two(clerk, man, woman, "12", kind="living")
    made = await married(clerk, man, woman)
    assert_refused(await divorce(clerk, made, founds(woman)), "divorce_incomplete")
    twice = await divorce(clerk, made, founds(woman), founds(man))
    assert_refused(twice, "household_not_shared", [("households.1.kind", "household_not_shared")])
    both = (founds(woman), founds(man, "living"))
    assert_refused(await divorce(clerk, made, *both), "household_needs_head")
    done = given(await divorce(clerk, made, *both, new_head={"head": woman}))
    assert await now_in(clerk, legal) == {man: "02"}
    assert await now_in(clerk, living) == {woman: "02"}
    for settled, who in zip(done["settlements"], (woman, man), strict=True):
        own = given(await clerk.get(f"{HOUSEHOLDS}/{settled['household_id']}"))
        assert (settled["kind"], own["established_on"], own["area"]) == ("founded", PARTING, VILLAGE)
        assert [(one["person_id"], one["relation"]) for one in own["members"]] == [(who, "02")]
    again = given(await take_back(clerk, made, "restore"))
    assert (again["status"], again["ended_on"]) == ("married", None)
    for household in (legal, living):
        assert await now_in(clerk, household) == {man: "02", woman: "12"}
    for settled in done["settlements"]:
        assert given(await clerk.get(f"{HOUSEHOLDS}/{settled['household_id']}"))["status"] == "dissolved"


async def test_after_a_divorce_one_goes_back_to_the_parents_and_marries_again(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    father, man, next_one = (
        await a_man(registrar, birth_date="1960-03-02", **FAR_AWAY),
        await a_man(registrar),
        await a_man(registrar, birth_date="1985-03-02", **FAR_AWAY),
    )
    woman = await a_woman(registrar, **FAR_AWAY)
    parents, his = await of_two(registrar, father, woman, "30", area=FAR), await of_one(registrar, man)
    third = await of_one(registrar, next_one, area=FAR)
    made = await married(registrar, man, woman, households=[joins(woman, his)])
    back = {"kind": "legal", "person_id": woman, "household_id": parents["id"], "relation": "30"}
    given(await divorce(registrar, made, back))
    assert await now_in(registrar, parents) == {father: "02", woman: "30"}
    shown = await person_of(registrar, woman)
    assert [one["area"] for one in shown["registration"]] == [FAR, VILLAGE, FAR]
    second = await married(registrar, next_one, woman, married_on="2026-03-10", households=[joins(woman, third)])
    assert await now_in(registrar, third) == {next_one: "02", woman: "12"}
    named = [(f"marriages.{second['id']}", "marriage")]
    assert_refused(await take_back(registrar, made, "restore"), "marriage_rested_on", named)
    given(await take_back(registrar, second, "withdraw"))
    given(await take_back(registrar, made, "restore"))
    assert await now_in(registrar, his) == {man: "02", woman: "12"}
    given(await take_back(registrar, made, "withdraw"))
    assert await now_in(registrar, parents) == {father: "02", woman: "30"}
    shown = await person_of(registrar, woman)
    assert [one["area"] for one in shown["registration"]] == [FAR]


async def test_relations_agree_with_the_marriage(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    head, man, woman = await a_man(clerk, birth_date="1960-03-02"), await a_man(clerk), await a_woman(clerk)
    family, alone = await of_two(clerk, head, man, "20"), await of_one(clerk, woman)
    paths = [("households.0.relation", "relation_disagrees_with_marriage")]
    wrong: list[tuple[Json, str, list[tuple[str, str]]]] = [
        (joins(woman, family, "12"), "relation_disagrees_with_marriage", paths),
        (joins(man, alone, "28"), "relation_disagrees_with_marriage", paths),
        (joins(man, alone, "12"), "relation_disagrees_with_sex", [(paths[0][0], "relation_disagrees_with_sex")]),
        (joins(woman, alone, "38"), "spouse_not_in_household", []),
    ]
    for told, code, errors in wrong:
        assert_refused(await marry(clerk, man, woman, households=[told]), code, errors)
    assert_refused(await marry(clerk, woman, households=[joins(woman, family, "38")]), "spouse_not_in_household")
    await married(clerk, man, woman, households=[joins(woman, family, "38")])
    assert await now_in(clerk, family) == {head: "02", man: "20", woman: "38"}


async def test_households_elsewhere_are_not_there_and_persons_who_do_not_marry_are_not_moved(
    client_of: Client, county: None
) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    man, woman, third = await a_man(clerk), await a_woman(clerk), await a_man(clerk, birth_date="1985-03-02")
    elsewhere = await a_man(registrar, residence={"area": SISTER}, registration={"area": SISTER})
    theirs = await of_one(registrar, elsewhere, area=SISTER)
    his = await of_one(clerk, man)
    answer = await marry(clerk, man, woman, households=[joins(woman, theirs)])
    assert_not_found(answer, "households.0.household_id")
    assert_not_found(await marry(clerk, man, woman, households=[joins(third, his)]), "households.0.person_id")


async def test_what_others_rest_on_is_named_and_what_was_changed_since_stays(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    man, woman, guest = await a_man(clerk), await a_woman(clerk), await a_man(clerk, birth_date="1985-03-02")
    legal = await of_two(clerk, man, woman, "12")
    made = await married(clerk, man, woman)
    done = given(await divorce(clerk, made, founds(woman)))
    own = {"id": done["settlements"][0]["household_id"]}
    given(await clerk.post(f"{HOUSEHOLDS}/{own['id']}/members", json={"person_id": guest, "relation": "99"}))
    named = [(f"households.{own['id']}", "household_head")]
    assert_refused(await take_back(clerk, made, "restore"), "marriage_rested_on", named)
    path = f"{HOUSEHOLDS}/{own['id']}/members/{guest}/remove"
    given(await clerk.post(path, json={"left_on": "2026-03-16"}))
    given(await take_back(clerk, made, "restore"))
    assert given(await clerk.get(f"{HOUSEHOLDS}/{own['id']}"))["dissolved_on"] == "2026-03-16"
    assert await now_in(clerk, legal) == {man: "02"}, "she was somebody else's head meanwhile: a clerk joins her again"


async def test_a_move_that_was_taken_back_by_itself_is_not_taken_back_again(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    man, woman = await a_man(registrar), await a_woman(registrar, **FAR_AWAY)
    his = await of_one(registrar, man)
    made = await married(registrar, man, woman, households=[joins(woman, his)])
    given(await move_in(registrar, woman, "2026-03-01", registration=SISTER))
    assert await now_in(registrar, his) == {man: "02"}
    assert given(await take_back(registrar, made, "withdraw"))["status"] == "withdrawn"
    assert (await person_of(registrar, woman))["registration"][-1]["area"] == SISTER
