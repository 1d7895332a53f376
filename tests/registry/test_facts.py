"""Of whatever happens: each version of each aggregate is told once, whole, in order, and names nobody."""

import random
from collections import defaultdict
from datetime import timedelta

import pytest
from httpx import AsyncClient

from shared.contracts.envelope import FACTS
from shared.testing.clock import FrozenClock
from tests.registry.builders import BOOKS_OPENED_ON, FAR, SISTER, VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    RESTRICTED_TAGS,
    TAGS,
    Json,
    given,
)

NAMES, PHONE, ADDRESS = ("欧阳植入", "司马植出"), "13912345678", "植入街一百零一号"


class Desk:
    """A registrar who does anything to anybody; much of it is refused."""

    def __init__(self, client: AsyncClient, dice: random.Random) -> None:
        self.client, self.dice = client, dice
        self.people: list[str] = []
        self.households: list[str] = []
        self.tags: list[tuple[str, str]] = []
        self.answers: dict[int, int] = defaultdict(int)

    async def do_something(self) -> None:
        dice = self.dice
        action = dice.choice(
            [self.register, self.found, self.tag, self.end, self.correct, self.move, self.move, self.join, self.leave]
        )
        await action()

    def day(self) -> str:
        return (BOOKS_OPENED_ON + timedelta(days=self.dice.randrange(0, 74))).isoformat()

    def person(self) -> str:
        return self.dice.choice(self.people) if self.people else "019d0000-0000-7000-8000-000000000000"

    def somebody(self) -> Json:
        area = self.dice.choice((VILLAGE, SISTER, FAR))
        places = {"residence": {"area": area}, "registration": {"area": area}}
        return a_person(name=self.dice.choice(NAMES), phone=PHONE, address=ADDRESS, **places)

    async def post(self, path: str, body: Json, **headers: str) -> Json | None:
        answer = await self.client.post(path, json=body, headers=headers)
        self.answers[answer.status_code] += 1
        assert answer.status_code < 500, answer.text
        for secret in (*NAMES, PHONE, ADDRESS):
            assert answer.is_success or secret not in answer.text
        body = answer.json()
        return body if answer.is_success else None

    async def register(self) -> None:
        if made := await self.post(PERSONS, self.somebody()):
            self.people.append(made["id"])

    async def found(self) -> None:
        head = {"relation": "02", "person_id": self.person()}
        body = a_household(head, area=self.dice.choice((VILLAGE, FAR)), kind=self.dice.choice(("legal", "living")))
        if made := await self.post(HOUSEHOLDS, body):
            self.households.append(made["id"])

    async def join(self) -> None:
        if self.households:
            path = f"{HOUSEHOLDS}/{self.dice.choice(self.households)}/members"
            await self.post(path, {"relation": self.dice.choice(("10", "20", "02")), "person_id": self.person()})

    async def leave(self) -> None:
        if self.households:
            path = f"{HOUSEHOLDS}/{self.dice.choice(self.households)}/members/{self.person()}/remove"
            await self.post(path, {"left_on": self.day()})

    async def tag(self) -> None:
        kind, path, codes = self.dice.choice(
            [
                ("tags", TAGS, ("disabled", "preferential")),
                ("restricted-tags", RESTRICTED_TAGS, ("released_prisoner", "drug_user")),
            ]
        )
        body = {"code": self.dice.choice(codes), "started_on": self.day()}
        if made := await self.post(f"{PERSONS}/{self.person()}/{kind}", body):
            self.tags.append((path, made["id"]))

    async def end(self) -> None:
        if self.tags:
            path, id_ = self.dice.choice(self.tags)
            await self.post(f"{path}/{id_}/end", {"ended_on": self.day()})

    async def correct(self) -> None:
        body = self.dice.choice([{"name": NAMES[1]}, {"ethnic_group": "01"}, {"sex": "1"}, {"phone": PHONE}])
        version = f'"{self.dice.randrange(1, 4)}"'
        await self.post(f"{PERSONS}/{self.person()}/correct", body, **{"if-match": version})

    async def move(self) -> None:
        person, day = self.person(), {"occurred_on": self.day()}
        area = self.dice.choice((VILLAGE, SISTER, FAR))
        match self.dice.choice(["in", "in", "out", "death"]):
            case "in":
                where = self.dice.choice(({"residence": {"area": area}}, {"registration": {"area": area}}))
                await self.post(f"{PERSONS}/{person}/move-in", {**day, **where})
            case "out":
                books = self.dice.choice((["residence"], ["registration"], ["residence", "registration"]))
                await self.post(f"{PERSONS}/{person}/move-out", {**day, "books": books})
            case _:
                await self.post(f"{PERSONS}/{person}/death", day)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.usefixtures("unguarded")
async def test_every_version_of_everything_is_told_once_and_names_nobody(
    client_of: Client, county: None, events: Events, clock: FrozenClock, seed: int
) -> None:
    desk = Desk(client_of(*REGISTRAR), random.Random(seed))
    for _ in range(6):
        await desk.register()
    for step in range(110):
        await desk.do_something()
        if step % 30 == 0:
            clock.advance(hours=1)
    assert len(desk.answers) > 3
    told: dict[tuple[str, str], list[Json]] = defaultdict(list)
    for fact in await events():
        noun, _, _ = fact["type"].rpartition(".")
        told[(noun, fact["key"])].append(fact)
    for aggregate, facts in told.items():
        assert [one["sequence"] for one in facts] == list(range(1, len(facts) + 1)), aggregate
        for fact in facts:
            # whole, and nothing that its class does not list
            known = FACTS[(fact["type"], 1)]
            payload = {name: fact[name] for name in fact.keys() - {"type", "key", "sequence", "revision"}}
            assert known.model_validate(payload).model_dump(mode="json") == payload
            assert fact["state"]["version"] == fact["sequence"]
            for secret in (*NAMES, PHONE, ADDRESS):
                assert secret not in str(fact)
    nouns = {noun for noun, _ in told}
    assert {f"registry.{noun}" for noun in ("area", "person", "posting", "household", "tag", "restricted_tag")} == nouns
    await assert_the_last_is_what_stands(desk, told)


async def assert_the_last_is_what_stands(desk: Desk, told: dict[tuple[str, str], list[Json]]) -> None:
    for person in desk.people:
        shown = given(await desk.client.get(f"{PERSONS}/{person}"))
        state = told[("registry.person", person)][-1]["state"]
        assert {name: shown[name] for name in state} == state
        for kind, noun in (("tags", "registry.tag"), ("restricted-tags", "registry.restricted_tag")):
            for tag in given(await desk.client.get(f"{PERSONS}/{person}/{kind}"))["items"]:
                last = told[(noun, tag["id"])][-1]["state"]
                assert {name: last[name] for name in tag if name != "source"} == {
                    name: value for name, value in tag.items() if name != "source"
                }
                assert last["residence"] == state["residence"]
                assert (last["sex"], last["birth_month"]) == (state["sex"], state["birth_month"])
    for household in desk.households:
        shown = given(await desk.client.get(f"{HOUSEHOLDS}/{household}"))
        assert told[("registry.household", household)][-1]["state"] == shown
        heads = [one for one in shown["members"] if one["relation"] == "02" and one["until"] is None]
        assert len(heads) == (shown["status"] == "active")
