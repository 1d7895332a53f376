"""Steps of the story about the register: a list, a transfer, a wrong death, units regrouped, one who stands twice, a
name corrected by three, and what a village has.
"""

import csv
import io
from typing import Any

from httpx import Response

from deploy.local.story.client import Who, position_of, require
from deploy.local.story.invented import Invented, invented
from deploy.local.story.state import CLERK, COUNTY, NEIGHBOUR, OFFICER, REGISTRAR, TOWN, VILLAGE, StoryState

API = "/registry/v1"
TOWN_OFFICER = Who("town_officer", TOWN)
REGROUPED = ("450481114223", "450481114224")
"""Two villages of the town in which nothing else of the story happens."""
TITLES = ("户号", "与户主关系", "姓名", "身份证号", "性别", "联系电话", "登记日期")


async def register(story: StoryState) -> None:
    """16 to 22. Each leaves the county as it found it, but for the people of the list and the name of one of them."""
    head, person = await _takes_in(story)
    await _transfers(story, head)
    await _undoes_a_death(story, person)
    await _regroups(story)
    await _merges_and_separates(story)
    await _corrects(story, person)
    await _profiles(story)


async def _takes_in(story: StoryState) -> tuple[Invented, str]:
    """A list of four, of whom two cannot be right: the head of the others, and the id of the second."""
    client = story.client
    people = [invented(year, sex) for year, sex in ((1948, "1"), (1951, "2"), (1980, "1"), (1984, "2"))]
    for one in people:
        story.confidential += [one.name, one.number, one.phone]
    before = await client.get(CLERK, f"{API}/persons/count", {"area": VILLAGE})
    figures = {area: await story.figure("POP-RES", area) for area in (VILLAGE, COUNTY)}
    file = (await client.post(CLERK, f"{API}/files", _table(story, people), 201)).json()
    begun = (await client.post(CLERK, f"{API}/person-imports", {"file": file["id"], "area": VILLAGE}, 201)).json()
    at = f"{API}/person-imports/{begun['id']}"
    checked = await _worked(story, at, "checked")
    findings = (await client.get(CLERK, f"{at}/findings"))["items"]
    told = [(one["row"], one["column"], one["code"]) for one in findings]
    require(told == [(4, "D", "checksum"), (5, "D", "number_rounded")], f"the list was found wrong at {told}")
    require(checked["right"] == 2, f"{checked['right']} rows were found right")
    await client.post(CLERK, f"{at}/commit", {})
    taken = await _worked(story, at, "done")
    now = await client.get(CLERK, f"{API}/persons/count", {"area": VILLAGE})
    require((taken["taken"], now["count"]) == (2, before["count"] + 2), f"{taken['taken']} were taken in")
    ids = [await _found(story, one) for one in people[:2]]
    for area, figure in figures.items():
        await _counts(story, area, figure + 2)
    client.say(16, "a list of four residents is checked and taken in", "D4 checksum, D5 number_rounded; two taken in")
    return people[0], ids[1]


def _table(story: StoryState, people: list[Invented]) -> bytes:
    """Rows 2 to 5: a couple, a wrong digit, and a number that a spreadsheet has rounded."""
    wrong, rounded = people[2].number, people[3].number
    numbers = [people[0].number, people[1].number, wrong[:-1] + ("0" if wrong[-1] != "0" else "1")]
    numbers.append(f"{float(rounded[:17]) * 10:.5E}")
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(TITLES)
    for at, (one, number) in enumerate(zip(people, numbers, strict=True)):
        home, relation = (("1", "户主"), ("1", "妻"), ("", ""), ("", ""))[at]
        sex = "男" if one.sex == "1" else "女"
        writer.writerow([home, relation, one.name, number, sex, one.phone, str(story.today)])
    return written.getvalue().encode()


async def _worked(story: StoryState, at: str, status: str) -> Any:
    """The import, once its work is over."""
    return await story.client.until(CLERK, at, lambda one: one["job_status"] == "done" and one["status"] == status)


async def _counts(story: StoryState, area: str, wanted: int) -> None:
    """What a worker takes in has no position to wait for: the population is asked for until it has followed."""
    query = {"area": area, "code": "POP-RES"}
    await story.client.until(
        OFFICER, "/indicators/v1/values", lambda answer: answer["values"][0]["value"] == wanted, query
    )


async def _found(story: StoryState, one: Invented) -> str:
    body = {"document_number": one.number, "purpose": "demonstration"}
    rows = (await story.client.post(CLERK, f"{API}/persons/search", body)).json()["items"]
    require(len(rows) == 1, f"{len(rows)} were found by the number of a new resident")
    id_: str = rows[0]["id"]
    return id_


async def _transfers(story: StoryState, one: Invented) -> None:
    """The neighbour asks blindly for a household, the clerk who holds it confirms; and it is taken back."""
    client = story.client
    counted = [await story.figure("POP-RES", area) for area in (VILLAGE, NEIGHBOUR.area, COUNTY)]
    place = {"area": NEIGHBOUR.area}
    body = {"document_number": one.number, "occurred_on": str(story.today), "household": "legal"}
    asked = (
        await client.post(NEIGHBOUR, f"{API}/transfers", {**body, "residence": place, "registration": place}, 201)
    ).json()
    require(one.name not in str(asked), "the asking side was told a name")
    confirmed = await client.post(CLERK, f"{API}/transfers/{asked['id']}/confirm", {})
    position = position_of(confirmed)
    moved = [await story.figure("POP-RES", area, position=position) for area in (VILLAGE, NEIGHBOUR.area, COUNTY)]
    wanted = [counted[0] - 2, counted[1] + 2, counted[2]]
    require(moved == wanted, f"population of both villages and the county: {wanted} expected, {moved} counted")
    await client.post(REGISTRAR, f"{API}/transfers/{asked['id']}/reverse", {"reason": "not_happened"})
    client.say(
        17,
        "a village asks for a household, the one that holds it confirms; taken back",
        f"{counted[0]}→{moved[0]}, {counted[1]}→{moved[1]}, county {moved[2]}",
    )


async def _undoes_a_death(story: StoryState, person: str) -> None:
    """The wrong one was told dead: a second person brings her back, and both stand in her history."""
    client, path = story.client, f"{API}/persons/{person}"
    await client.post(CLERK, f"{path}/death", {"occurred_on": str(story.today)})
    death = (await client.get(CLERK, f"{path}/life-events"))["items"][-1]
    body = {"reason": "wrong_person"}
    asked = (await client.post(CLERK, f"{path}/life-events/{death['id']}/reverse", body, 201)).json()
    require(asked["status"] == "requested", f"the reversal of a death is {asked['status']} at once")
    await client.post(TOWN_OFFICER, f"{API}/reversals/{asked['id']}/approve", {})
    shown = await client.get(CLERK, path)
    events = (await client.get(CLERK, f"{path}/life-events"))["items"]
    stands = next(one["stands"] for one in events if one["id"] == death["id"])
    require((shown["status"], stands) == ("active", False), f"she is {shown['status']} after the reversal")
    client.say(18, "the wrong one was told dead; a second person approves that it is undone", "active; both on record")


async def _regroups(story: StoryState) -> None:
    """Two villages become three, with everybody who belongs to them; and are as before."""
    client = story.client
    tree = (await client.get(REGISTRAR, f"{API}/areas/{TOWN}/subtree"))["items"]
    used = {one["code"] for one in tree}
    free = [code for number in range(399, 199, -1) if (code := f"{TOWN}{number}") not in used][:3]
    before = [await story.figure("POP-RES", area) for area in REGROUPED]
    homes = (await client.get(REGISTRAR, f"{API}/households", {"area": REGROUPED[0], "limit": 1}))["items"]
    shares = [{"to": free[2], "households": [one["id"] for one in homes]}] if homes else []
    plan = {
        "kind": "regroup",
        "effective_on": str(story.today),
        "opens": [{"code": code, "name": f"示例第{n}村委会"} for n, code in enumerate(free, 1)],
        "moves": [
            {"origin": REGROUPED[0], "to": free[0], "shares": shares},
            {"origin": REGROUPED[1], "to": free[1], "shares": []},
        ],
    }
    made = await client.post(REGISTRAR, f"{API}/area-changes", plan, 201)
    position = position_of(made)
    now = [await story.figure("POP-RES", area, position=position) for area in free]
    left = [await story.figure("POP-RES", area, position=position) for area in REGROUPED]
    require((sum(now), left) == (sum(before), [0, 0]), f"{before} became {now}, and {left} stayed")
    undone = await client.post(REGISTRAR, f"{API}/area-changes/{made.json()['id']}/undo", None)
    position = position_of(undone)
    again = [await story.figure("POP-RES", area, position=position) for area in REGROUPED]
    require(again == before, f"{before} before the regrouping was undone, {again} after it")
    client.say(19, "two villages are regrouped into three, and it is undone", f"{before}→{now}→{again}")


async def _merges_and_separates(story: StoryState) -> None:
    """Somebody stands in the register twice: said by one, merged by another, and separated again."""
    client = story.client
    first, second = invented(1972, "1"), invented(1973, "1")
    ids = []
    for one in (first, second):
        story.confidential += [one.number, one.phone]
        body = {
            "entry": "move_in",
            "occurred_on": str(story.today),
            "name": first.name,
            "sex": one.sex,
            "birth_date": str(one.born),
            "document": {"number": one.number},
            "phone": one.phone,
            "residence": {"area": VILLAGE, "kind": "floating"},
        }
        ids.append((await client.post(CLERK, f"{API}/persons", body, 201)).json()["id"])
    story.confidential.append(first.name)
    pair = (await client.post(CLERK, f"{API}/duplicates", {"first_id": ids[0], "second_id": ids[1]}, 201)).json()
    path = f"{API}/duplicates/{pair['id']}"
    stock = await client.get(CLERK, f"{API}/persons/count", {"area": VILLAGE, "status": "active"})
    await client.post(CLERK, f"{path}/decide", {"decision": "same", "survivor_id": ids[0]})
    await client.post(TOWN_OFFICER, f"{path}/approve", {})
    merged = await client.get(CLERK, f"{API}/persons/{ids[1]}")
    require(merged["merged_into"] == ids[0], "the merged person does not lead to the other one")
    one_less = await client.get(CLERK, f"{API}/persons/count", {"area": VILLAGE, "status": "active"})
    require(one_less["count"] == stock["count"] - 1, "the merge did not leave the book")
    await client.post(TOWN_OFFICER, f"{path}/separate", {"reason": "wrong_person"})
    again = await client.get(CLERK, f"{API}/persons/{ids[1]}")
    require((again["status"], again["merged_into"]) == ("active", None), f"separated, the person is {again['status']}")
    client.say(
        20,
        "two who were thought one are merged by two people, and separated",
        f"{stock['count']}→{one_less['count']}→{stock['count']}",
    )


async def _corrects(story: StoryState, person: str) -> None:
    """A name is guarded: asked for by the clerk, checked by the town, approved by the county, then it is corrected."""
    client, path = story.client, f"{API}/persons/{person}"
    given = invented(1951, "2").name
    story.confidential.append(given)
    seen = await client.ask(CLERK, "GET", path, expect=200)
    await client.post(CLERK, f"{path}/correct", {"name": given}, 409, _as_seen(seen))
    body = {"changes": {"name": given}, "reason": "entry_error"}
    asked = (await client.post(CLERK, f"{path}/corrections", body, 201, _as_seen(seen))).json()
    require(given not in str(asked), "the request shows the name unmasked")
    at = f"{API}/corrections/{asked['id']}/approve"
    await client.post(REGISTRAR, at, {"step": "approve"}, 409)
    await client.post(TOWN_OFFICER, at, {"step": "check"})
    done = (await client.post(REGISTRAR, at, {"step": "approve"})).json()
    full = await client.get(REGISTRAR, path, {"view": "full", "purpose": "demonstration"})
    require((done["status"], full["name"]) == ("carried_out", given), f"the correction is {done['status']}")
    client.say(21, "a name is corrected: asked for, checked and approved by three", "refused out of order; carried out")


def _as_seen(answer: Response) -> dict[str, str]:
    return {"If-Match": answer.headers["ETag"]}


async def _profiles(story: StoryState) -> None:
    """What the village has, in one request, and as its lists and figures say."""
    client = story.client
    profile = await client.get(CLERK, f"{API}/areas/{VILLAGE}/profile")
    listed = (await client.get(CLERK, f"{API}/persons/count", {"area": VILLAGE}))["count"]
    households = (await client.get(CLERK, f"{API}/households/count", {"area": VILLAGE}))["count"]
    told = (profile["people"]["residents"], profile["homes"]["households"])
    require(told == (listed, households), f"the profile says {told}, the lists {(listed, households)}")
    client.say(22, "what the village has is told in one request", f"{told[0]} residents in {told[1]} households")
