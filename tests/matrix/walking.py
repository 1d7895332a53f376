"""The walk: every operation of a service, asked by everybody who may call it, of whom nothing planted may be seen.

Operations come from the service's document, callers from the table of roles; nothing here names an operation but where
its address, its body or its answer cannot be known from these.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from zlib import crc32

import httpx

from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, DEPARTMENTAL, OWN_ONLY, PERMISSIONS, ROLES, Role
from shared.contracts.examples import example
from shared.ids import new_id
from shared.testing.doors import DEPARTMENT
from tests.architecture.operations import Operation, app_of, operations
from tests.matrix.planted import GUARDIAN, GUARDIAN_PHONE, HOLDER, NAME, NUMBER, OWNER, PHONE, SEALED, World
from tests.registry.builders import SISTER, VILLAGE

FIXED = {"verb": "mediate", "number": "1", "year": "2027"}
"""Places of an address that name nothing of anybody's."""

ACCOUNTS = ("accounts", "postings", "closings", "trial-balance", "statement-exports")
"""What lies below a ledger of accounts."""

ASKED = {"parts": "village", "view": "full", "purpose": "audit"}
"""What is asked for wherever it may be: everything, for a purpose, by village."""

LOOKED_AFTER: Mapping[str, str] = {"listDevices": "device.manage", "revokeDevice": "device.manage"}
"""What is shown besides one's own, by another permission, which no department bounds: who has it is no stranger."""

OWN = frozenset(
    {"files", "imports", "exports", "statement-exports", "list-imports", "retention-exports"}
    | {f"{noun}-{way}" for noun in ("person", "organisation", "facility") for way in ("imports", "exports")}
)
"""What is its owner's alone, of which a neighbour with the same grants sees nothing, either."""


def _entered(**who: Any) -> Mapping[str, Any]:
    """Somebody without a number like who was planted, entered in the next village, where a stranger may do so."""
    day = {"occurred_on": "2026-03-10", "birth_date": "1990-03-07", "sex": "1", "ethnic_group": "01"}
    undocumented = {"undocumented": {"reason": "lost", "due_on": "2026-04-30"}}
    return {
        "entry": "enrolled",
        **day,
        **undocumented,
        "residence": {"area": SISTER},
        "registration": {"area": SISTER},
        **who,
    }


TOKENS = ("confirmation", "next_cursor")
"""What a warning about duplicates, and a page or a sync, is answered with; no two are the same."""

QUESTIONS = ("search", "lookup", "possible-duplicates")
"""How addresses end of which the body asks for somebody."""

SEARCHES: Mapping[str, tuple[Mapping[str, Any], Mapping[str, Any]]] = {
    "searchPersons": (
        {"document_number": NUMBER, "purpose": "verification"},
        {"document_number": "450481198502020037", "purpose": "verification"},
    ),
    "searchPersonsByName": (
        {"name": NAME, "area": VILLAGE, "purpose": "verification"},
        {"name": "司徒无此", "area": VILLAGE, "purpose": "verification"},
    ),
    "findPossibleDuplicates": (_entered(name=NAME, phone=PHONE), _entered(name="司徒无此", phone="13900000001")),
    "searchOrganisations": ({"name": "植入合作社"}, {"name": "司徒无此"}),
    "searchFacilities": ({"name": "植入超市"}, {"name": "司徒无此"}),
    "lookUpPersons": ({"ids": ["persons"], "purpose": "verification"}, {"ids": [None], "purpose": "verification"}),
    "searchCases": (
        {"document": {"document_type": "citizen_id", "document_number": NUMBER}, "purpose": "case_handling"},
        {
            "document": {"document_type": "citizen_id", "document_number": "450481198502020037"},
            "purpose": "case_handling",
        },
    ),
    "searchRecords": (
        {"field": "phone", "value": PHONE, "purpose": "verification"},
        {"field": "phone", "value": "13900000001", "purpose": "verification"},
    ),
}
"""Questions in a body: for what was planted, and for what is nowhere. Each operation that asks so stands here."""


ANYBODYS = {"reportInPublic"}
"""What everybody may do anywhere, and no stranger is refused: `tests/grid/public_reports`."""


def walked(service: str, *, ledgers: bool = True) -> list[Operation]:
    """The operations of a service, perhaps without those of the engine of ledgers, which are the same everywhere."""
    found = [one for one in operations() if one.service == service and one.id not in ANYBODYS]
    return [one for one in found if ledgers or "/ledger" not in one.path]


def entitled_roles(operation: Operation) -> list[str]:
    """The roles that are let in; everybody if no permission is asked."""
    permission = operation.access.permission if operation.access is not None else None
    return [role for role in Role if permission is None or permission in ROLES[role]]


def chosen(operation: Operation, *, whole: bool = False) -> list[str]:
    """The roles that walk an operation: two of those that it lets in, by a checksum of its id, so that the choice is
    the same in every run and an operation that is added changes no other's; `whole`: all of them.
    """
    entitled = entitled_roles(operation)
    begin = 0 if whole or not entitled else crc32(operation.id.encode()) % len(entitled)
    turned = entitled[begin:] + entitled[:begin]
    return turned if whole else turned[:2]


def strangers(operation: Operation, world: World, *, whole: bool) -> Iterator[Principal]:
    """Who may call the operation, and has nothing to do with the village: each chosen role in the next village; the
    first of them in another town too, and for another department here and in the county; who acts for a department
    without naming one; somebody without a grant; and of what is its owner's alone, a neighbour. `whole`: each of them
    everywhere.
    """
    roles = chosen(operation, whole=whole)
    permission = operation.access.permission if operation.access is not None else None
    for number, role in enumerate(roles):
        department = DEPARTMENT if role in DEPARTMENT_ROLES else None
        yield _one(role, world.sibling, department)
        if number and not whole:
            continue
        yield _one(role, world.other_town, department)
        looks_after = LOOKED_AFTER.get(operation.id) in ROLES[role]
        if permission in DEPARTMENTAL and role not in OWN_ONLY and not looks_after:
            yield _one(role, world.home, "forestry")
            yield _one(role, county_of(world), "forestry")
    for role in sorted(DEPARTMENT_ROLES):
        yield _one(role, world.home, None)
    yield Principal("nobody")
    if roles and set(roles) <= OWN_ONLY:
        return
    if any(f"/{word}/{{id}}" in operation.path for word in OWN):
        for role in roles if whole else roles[:1]:
            yield Principal("neighbour", (Grant(role, world.home, DEPARTMENT if role in DEPARTMENT_ROLES else None),))


def county_of(world: World) -> str:
    """The county of a world."""
    return world.home[:6]


def _one(role: str, area: str, department: str | None) -> Principal:
    return Principal(f"{role}@{area}:{department}", (Grant(role, area, department),))


class Asked:
    """An operation as it is asked for what was planted, and for what is not there."""

    def __init__(self, operation: Operation, world: World) -> None:
        self._operation = operation
        self._world = world
        self.named = False
        """Whether its address or its body names something of somebody's."""
        self.in_address = False
        self.in_area = any(one["name"] == "area" for one in operation.parameters)
        self.sent: list[str] = []
        """Ids that a request names by itself."""
        self.planted = self._url(True), self._body(True)
        self.missing = self._url(False), self._body(False)

    async def ask(self, caller: Principal, what: tuple[str, Any], *, area: str | None = None) -> httpx.Response:
        """One request; `area`: the one that is asked for, the village if one has to be.

        Every other stranger names a version that nothing has: that it is another one is told to nobody.
        """
        url, json = what
        params = {
            one["name"]: self._value(one)
            for one in self._operation.parameters
            if one["in"] == "query" and (one.get("required") or one["name"] in ASKED)
        }
        if area is not None:
            params["area"] = area
        stale = caller != OWNER and crc32(caller.subject.encode()) % 2
        how: dict[str, Any] = {"params": params, "headers": {"If-Match": '"99"' if stale else '"1"'}}
        if json is not None:
            how["json"] = json
        return await self._world.ask(caller, self._operation.method.upper(), url, **how)

    def _value(self, parameter: Mapping[str, Any]) -> Any:
        if parameter["name"] == "area":
            return self._world.home
        if parameter["name"] == "code":
            return self._world.ids["grids"] if self._operation.service == "grid" else "POP-RES"
        if parameter["name"] in ASKED:
            return ASKED[parameter["name"]]
        schemas = app_of(self._operation.service).openapi()["components"]["schemas"]
        return example(parameter["schema"], schemas, whole=False)

    def _url(self, planted: bool) -> str:
        path = self._operation.path.partition("/v1")[2]
        parts = path.split("/")
        for place, part in enumerate(parts):
            if not part.startswith("{"):
                continue
            word, name = parts[place - 1], part.strip("{}")
            if name in FIXED and word not in self._world.ids:
                parts[place] = FIXED[name]
            elif word == "ledgers":
                parts[place] = "volunteer_hours" if any(one in parts for one in ACCOUNTS) else "mediations"
            elif word == "code-lists":
                parts[place] = "job_statuses"
            else:
                self.in_address = self.in_address or word not in self._world.public
                parts[place] = self._id(word if word != "files" or place < 4 else "files/", planted)
        return "/".join(parts)

    def _id(self, word: str, planted: bool) -> str:
        assert word in self._world.ids, f"{self._operation}: plant one of {word} in tests/matrix/planted.py"
        known = self._world.ids[word]
        self.named = self.named or word not in self._world.public
        if planted or word in self._world.public:
            self.sent.append(known)
            return known
        made = self._unknown(known)
        self.sent.append(made)
        return made

    @staticmethod
    def _unknown(known: str) -> str:
        if known.isdigit():
            return f"{known[:-3]}999"
        return str(new_id()) if "-" in known else "unheard_of"

    def _body(self, planted: bool) -> Any:
        if self._operation.id in SEARCHES:
            self.named = True
            return self._question(SEARCHES[self._operation.id][0 if planted else 1])
        last = self._operation.path.rpartition("/")[2]
        assert not last.startswith(QUESTIONS), f"{self._operation}: say what it is asked for"
        if not self._operation.has_body:
            return None
        schemas = app_of(self._operation.service).openapi()["components"]["schemas"]
        schema = self._operation.spec["requestBody"]["content"]["application/json"]["schema"]
        return self._in_village(example(schema, schemas, whole=False), planted)

    def _question(self, body: Mapping[str, Any]) -> Any:
        return {
            name: [self._id("persons", one is not None) for one in value] if isinstance(value, list) else value
            for name, value in body.items()
        }

    def _in_village(self, value: Any, planted: bool, name: str = "") -> Any:
        """A body's example with its places in the village, and the ids of what was planted there."""
        if isinstance(value, dict):
            return {key: self._in_village(one, planted, key) for key, one in value.items()}
        if isinstance(value, list):
            return [self._in_village(one, planted, name) for one in value]
        words = {
            "file": "files",
            "person_id": "persons",
            "household_id": "households",
            "building_id": "buildings",
            "organisation_id": "organisations",
            "record_id": "records",
            "id": "records",
            "item_id": "items",
        }
        if name == "area":
            return self._world.home
        if words.get(name) in self._world.ids:
            return self._id(words[name], planted)
        return value


def told(answer: httpx.Response, sent: Sequence[str] = ()) -> tuple[int, str, frozenset[str]]:
    """An answer without what differs between any two: the request's id, and ids that the request named itself."""
    workbook = answer.content.startswith(b"PK")  # packed anew for each answer, with the time in it
    body = "" if workbook else answer.text.replace(answer.headers.get("x-request-id", "\0"), "")
    for token in TOKENS:
        if answer.is_success and f'"{token}":"' in body:
            body = body.replace(answer.json()[token], "…")
    for one in sent:
        body = body.replace(one, "…")
    return answer.status_code, body, frozenset(answer.headers)


def readers(world: World, permission: str, *, whole: bool, county: bool = False) -> Iterator[Principal]:
    """Everybody who has a permission, in the village, beside it, above it, and for each of two departments.

    `county`: in the county as well.
    """
    for role in Role:
        if role not in PERMISSIONS[permission]:
            continue
        areas = (world.home, world.sibling, world.home[:9], world.other_town) if whole else (world.home, world.sibling)
        for area in (*areas, world.home[:6]) if county else areas:
            departments = [DEPARTMENT if role in DEPARTMENT_ROLES else None]
            if permission in DEPARTMENTAL and (whole or area == world.home):
                departments += ["forestry"]
            for department in departments:
                yield _one(role, area, department)


def masked_readers(operation: Operation, world: World, *, whole: bool) -> Iterator[tuple[Principal, list[str]]]:
    """The chosen roles in the village itself, each with what is not shown to it there."""
    for role in chosen(operation, whole=whole):
        hidden = [value for value, allowed in unshown(world).items() if not ROLES[role] & allowed]
        yield _one(role, world.home, DEPARTMENT if role in DEPARTMENT_ROLES else None), hidden


def unshown(world: World) -> dict[str, frozenset[str]]:
    """What lies in the village, and the permissions of which one is needed to see it."""
    full = frozenset({"case.personal" if world.service == "services_hall" else "person.full", "record.personal"})
    shown = {NUMBER: full, NAME: full, PHONE: full, SEALED: frozenset({"record.restricted"})}
    shown[HOLDER] = frozenset({"term.read"})  # public by office
    guardian = "case.personal" if world.service == "services_hall" else "tag.contact"
    shown |= dict.fromkeys((GUARDIAN, GUARDIAN_PHONE), frozenset({guardian}))
    if "restricted-tags" in world.ids:
        shown[world.ids["restricted-tags"]] = frozenset({"tag.restricted"})
    if "restricted-circumstances" in world.ids:
        shown[world.ids["restricted-circumstances"]] = frozenset({"circumstance.restricted"})
    if "visits" in world.ids:
        shown[world.ids["visits"]] = frozenset({"visit.restricted"})
    return shown
