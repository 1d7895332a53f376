"""The story of a household over HTTP with real tokens: run by `make demo` and by the end-to-end tests."""

import asyncio
from typing import Any
from uuid import uuid4

from deploy.local.stack.services import reader_settings
from deploy.local.story import agency, campaign, grid, hall, hotline, register
from deploy.local.story.bus_search import search
from deploy.local.story.client import PATIENCE, StoryBroken, position_of, require
from deploy.local.story.invented import Invented
from deploy.local.story.state import (
    CLERK,
    COUNTY,
    GRID,
    NEIGHBOUR,
    OFFICER,
    OPERATOR,
    REGISTRAR,
    TOWN,
    VILLAGE,
    StoryState,
)

SERVICES = ("registry", "services-hall", "grid", "indicators")
TOUCHED = (
    *("POP-RES", "POP-REG", "POP-RES-MALE", "POP-RES-FEMALE", "POP-AGE-60", "HOUSEHOLDS", "MOVES-IN", "MOVES-OUT"),
    *("LEDGER-RES", "LEDGER-REG", "TAG-CARE", "TAG-ELDER-ALONE", "VISIT-DUE", "VISIT-DONE"),
    *("INC-REPORTED", "INC-CLOSED", "CASE-ACCEPTED", "CASE-CLOSED", "CASE-CLOSED-IN-TIME"),
)
"""The indicators that the story moves."""


class Story(StoryState):
    """Twenty-four steps, most of them on one household that is new in every run."""

    async def run(self) -> None:
        """Runs all steps in order. Raises StoryBroken at the first unexpected answer."""
        for step in (
            self.settles, self.registers, self.repeats, self.counts, self.hides, self.discloses, self.visits,
            self.incident, self.hotline, self.case, self.moves_out, self.adds_up, self.campaign, self.register,
            self.republishes, self.rebuilds,
        ):  # fmt: skip
            await step()

    def new_household(self) -> dict[str, Any]:
        """What the clerk registers: a head and one member more, both new."""
        return {
            "kind": "legal",
            "area": VILLAGE,
            "established_on": str(self.today),
            "members": [self._new(self.head, "02"), self._new(self.other, "30")],
        }

    def _new(self, person: Invented, relation: str) -> dict[str, Any]:
        return {
            "relation": relation,
            "person": {
                "entry": "move_in",
                "occurred_on": str(self.today),
                "name": person.name,
                "sex": person.sex,
                "birth_date": str(person.born),
                "document": {"number": person.number},
                "phone": person.phone,
                "residence": {"area": GRID},
                "registration": {"area": VILLAGE},
            },
        }

    async def settles(self) -> None:
        """Before the first step: the figures have caught up with the register, which may be loaded a moment ago."""
        year = {"area": COUNTY, "from": f"{self.today.year}-01-01", "to": str(self.today)}
        earlier: list[Any] = []
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            answer = await self._broken_down(COUNTY)
            figures = {figure["code"]: figure["value"] for figure in answer["values"]}
            books = {
                code: (await self.client.get(OFFICER, "/registry/v1/balances", {**year, "book": book}))["closing"]
                for code, book in (("POP-RES", "residence"), ("POP-REG", "registration"))
            }
            idle = not any(noun["lag"] for noun in answer["fresh_through"])
            counted = all(figures[code] == closing for code, closing in books.items())
            if idle and counted and answer["values"] == earlier:
                return
            earlier = answer["values"]
            await asyncio.sleep(0.5)
        raise StoryBroken(f"after {PATIENCE:.0f} s the figures had not caught up with the register")

    async def registers(self) -> None:
        """1: a household and two persons."""
        for area in (GRID, VILLAGE, TOWN, COUNTY):
            self.before[area] = await self.figure("POP-RES", area)
        self.household = self.new_household()
        self._key = str(uuid4())
        path = "/registry/v1/households"
        self._first = await self.client.post(CLERK, path, self.household, 201, {"Idempotency-Key": self._key})
        self.position = position_of(self._first)
        self.persons = [member["person_id"] for member in self._first.json()["members"]]
        self.client.say(
            1, "a clerk registers a household with two persons", f"201, household {self._first.json()['id']}"
        )

    async def repeats(self) -> None:
        """2: the same request with the same key changes nothing and answers byte-equal."""
        path = "/registry/v1/households"
        again = await self.client.post(CLERK, path, self.household, 201, {"Idempotency-Key": self._key})
        require(again.content == self._first.content, "the repeated request got another answer")
        self.client.say(2, "the same request with the same key", f"the same {len(again.content)} bytes")

    async def counts(self) -> None:
        """3: the figures of grid, village, town and county rise by two."""
        rises = []
        for area, before in self.before.items():
            now = await self.figure("POP-RES", area, position=self.position)
            require(now == before + 2, f"population of {area}: {before} before, {now} after two came")
            rises.append(f"{area} {before}→{now}")
        self.client.say(3, "population of grid, village, town, county", ", ".join(rises))

    async def hides(self) -> None:
        """4: a clerk of another village gets not_found."""
        body = await self.client.get(NEIGHBOUR, f"/registry/v1/persons/{self.persons[0]}", expect=404)
        require(body["code"] == "not_found", f"the other clerk got {body['code']}")
        self.client.say(4, "a clerk of another village asks for the head", "404 not_found")

    async def discloses(self) -> None:
        """5: masked for an officer, in full with a purpose for the registrar, and both looks are on record."""
        path = f"/registry/v1/persons/{self.persons[0]}"
        masked = await self.client.get(OFFICER, path, {"purpose": "demonstration"})
        require(self.head.number not in str(masked), "the officer saw the full number")
        require(self.head.name != masked["name"], "the officer saw the full name")
        full = await self.client.get(REGISTRAR, path, {"view": "full", "purpose": "demonstration"})
        require(full["document_number"] == self.head.number, "the registrar did not see the number")
        looks = (await self.client.get(REGISTRAR, f"{path}/accesses", {"limit": 200}))["items"]
        seen = {(look["subject"], look["detail"]) for look in looks if look["action"] == "read"}
        officer, registrar = await self.client.subject_of(OFFICER), await self.client.subject_of(REGISTRAR)
        wanted = {(officer, "masked"), (registrar, "full")}
        require(wanted <= seen, f"the access log lacks {wanted - seen}")
        self.client.say(
            5, "an officer and the registrar read the head", f"{masked['document_number']}, full; both logged"
        )

    async def visits(self) -> None:
        """6: 独居老人 makes a visit due, and the grid worker records it."""
        await grid.visit(self, VILLAGE, GRID)

    async def incident(self) -> None:
        """7: an incident from report to closed; a public report, which counts once it is filed."""
        await grid.incident(self, VILLAGE, GRID)
        await grid.public_report(self, VILLAGE)

    async def hotline(self) -> None:
        """8: the county's hotline sends a request over the bus and hears how it ends."""
        await hotline.request(self, VILLAGE, GRID)

    async def case(self) -> None:
        """9: a case from a signed extract to closed, before its due date; another one that an agent carries."""
        await hall.case(self, VILLAGE)
        await agency.carried(self, VILLAGE)

    async def moves_out(self) -> None:
        """10: the head may not leave alone; the other one leaves, the stock falls, both books balance."""
        leaving = {"occurred_on": str(self.today)}
        head, other = (f"/registry/v1/persons/{person}/move-out" for person in self.persons)
        refused = await self.client.post(CLERK, head, leaving, 409)
        require(refused.json()["code"] == "household_needs_head", f"the head got {refused.json()['code']}")
        stock = await self.figure("POP-RES", VILLAGE, position=self.position)
        self.position = position_of(await self.client.post(CLERK, other, leaving))
        now = await self.figure("POP-RES", VILLAGE, position=self.position)
        require(now == stock - 1, f"population of the village: {stock} before, {now} after one left")
        for book, code in (("residence", "POP-RES"), ("registration", "POP-REG")):
            query = {"area": VILLAGE, "book": book, "from": f"{self.today.year}-01-01", "to": str(self.today)}
            balance = await self.client.get(CLERK, "/registry/v1/balances", query)
            flows = sum(flow["amount"] for flow in balance["flows"])
            figure = await self.figure(code, VILLAGE, position=self.position)
            require(balance["opening"] + flows == balance["closing"], f"the book of {book} does not balance")
            require(balance["closing"] == figure, f"{book}: ledger {balance['closing']}, figure {figure}")
        self.client.say(
            10, "the head moves out, then the other one", f"household_needs_head; {stock}→{now}, books balance"
        )

    async def adds_up(self) -> None:
        """11: county = Σ towns = Σ villages for every indicator touched."""
        county = await self._broken_down(COUNTY)
        villages = dict.fromkeys(TOUCHED, 0)
        for town in county["children"]:
            below = await self._broken_down(town["area"])
            for child in below["children"]:
                for figure in child["values"]:
                    villages[figure["code"]] += figure["value"]
        for number, figure in enumerate(county["values"]):
            code = figure["code"]
            towns = sum(town["values"][number]["value"] for town in county["children"])
            require(figure["value"] == towns, f"{code}: county {figure['value']}, towns {towns}")
            require(towns == villages[code], f"{code}: towns {towns}, villages {villages[code]}")
        self.client.say(11, f"{len(TOUCHED)} indicators", "county = Σ towns = Σ villages for each")

    async def _broken_down(self, area: str) -> Any:
        query = {"area": area, "code": list(TOUCHED), "breakdown": "children", "min_position": self.position or None}
        return await self.client.get(OFFICER, "/indicators/v1/values", query)

    async def campaign(self) -> None:
        """12 to 15: a campaign's ledger from Monday's draft until it is retired."""
        await campaign.campaign(self)

    async def register(self) -> None:
        """16 to 22: what a clerk's day in the register holds besides."""
        await register.register(self)

    async def republishes(self) -> None:
        """23: all owners republish; no name, number or phone of the story's residents is on the bus."""
        self.runs = []
        for service in SERVICES:
            run = (await self.client.post(OPERATOR, f"/{service}/v1/republish", {}, 202)).json()
            self.runs.append(run)
            await self.client.finished(OPERATOR, f"/{service}/v1/jobs/{run['job']}")
        words = [text for person in (self.head, self.other) for text in (person.name, person.number, person.phone)]
        words += self.confidential
        read, topics = await search(reader_settings(self.stack), words)
        require(read > sum(run["count"] for run in self.runs) // 2, f"only {read} messages were on the bus")
        require(not topics, f"names, numbers or phones stand in {', '.join(topics)}")
        self.client.say(
            23, f"all owners republish {sum(run['count'] for run in self.runs)} states", f"{read} messages, no person"
        )

    async def rebuilds(self) -> None:
        """24: all figures are built again and come out equal."""
        before = await self._broken_down(COUNTY)
        job = (await self.client.post(OPERATOR, "/indicators/v1/rebuilds", {"runs": self.runs}, 202)).json()
        done = await self.client.finished(OPERATOR, f"/indicators/v1/rebuilds/{job['id']}")
        require(done["differences"] == [], f"the rebuild came out otherwise: {done['differences']}")
        after = await self._broken_down(COUNTY)
        require(before["values"] == after["values"], "the county's figures changed by the rebuild")
        self.client.say(24, "all figures are built again", f"{done['done']} records, no difference")


def broken(error: Exception) -> str:
    """The sentence of a story that broke."""
    return str(error) if isinstance(error, StoryBroken) else f"{type(error).__name__}: {error}"
