"""People and areas with valid defaults: a test names only what matters."""

from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

from services.registry.life_events.domain import REGISTERED_PLACE, LifeEventKind, Place
from services.registry.persons.domain import Identity, NewPerson
from shared.reference.documents import DocumentType
from shared.reference.identity import check_character

COUNTY = "450481"
TOWN, OTHER_TOWN = "450481100", "450481102"
VILLAGE, SISTER, FAR, FARTHER = "450481100201", "450481100202", "450481102201", "450481102202"
BOOKS_OPENED_ON = date(2026, 1, 1)
TODAY = date(2026, 3, 16)

_NAMES = {
    "45": "广西壮族自治区",
    "4504": "梧州市",
    COUNTY: "岑溪市",
    TOWN: "岑城镇",
    OTHER_TOWN: "马路镇",
    VILLAGE: "思孟村委会",
    SISTER: "木榔村委会",
    FAR: "善村村委会",
    FARTHER: "昙容村委会",
}


def a_division(code: str, name: str) -> dict[str, str | None]:
    """A line of a division file."""
    lengths = [2, 4, 6, 9, 12]
    level = lengths.index(len(code)) + 1
    parent = code[: lengths[level - 2]].ljust(12, "0") if level > 1 else ""
    return {"code": code.ljust(12, "0"), "name": name, "level": str(level), "parent_code": parent}


DIVISIONS = [a_division(code, name) for code, name in _NAMES.items()]

_serials: Iterator[int] = count(1)


def a_number(birth: date = date(1960, 5, 17), sex: str = "2", *, serial: int | None = None) -> str:
    """A valid citizens' number nobody else in this run has; its address part is long abolished."""
    n = next(_serials) if serial is None else serial
    odd = 1 if sex == "1" else 0
    order = (n % 499) * 2 + odd
    address = 450400 + (n // 499) % 90
    first17 = f"{address}{birth:%Y%m%d}{order:03d}"
    return first17 + check_character(first17)


def a_person(**what: Any) -> dict[str, Any]:
    """The body of a registration: a woman of sixty-five who lives and is registered in VILLAGE."""
    birth = what.get("birth_date", "1960-05-17")
    sex = what.get("sex", "2")
    body: dict[str, Any] = {
        "entry": "enrolled",
        "occurred_on": "2026-01-01",
        "name": "覃秀英",
        "sex": sex,
        "birth_date": birth,
        "document": {"number": a_number(date.fromisoformat(birth), sex)},
        "ethnic_group": "08",
        "phone": "13807748000",
        "address": "思孟村三组十二号",
        "residence": {"area": VILLAGE},
        "registration": {"area": VILLAGE},
    }
    body.update(what)
    if body["registration"] is None and body["residence"] is not None:  # then the kind is asked
        body["residence"] = {"kind": "registered", **body["residence"]}
    return {name: value for name, value in body.items() if value is not None}


def a_new_person(**what: Any) -> NewPerson:
    """The same as the use cases take it."""
    birth = what.get("birth_date", date(1960, 5, 17))
    sex = what.get("sex", "2")
    fields: dict[str, Any] = {
        "entry": LifeEventKind.ENROLLED,
        "occurred_on": BOOKS_OPENED_ON,
        "name": "覃秀英",
        "sex": sex,
        "birth_date": birth,
        "document": Identity(DocumentType.CITIZEN_ID, a_number(birth, sex)),
        "residence": Place(VILLAGE, "registered"),
        "registration": Place(VILLAGE, REGISTERED_PLACE),
    }
    fields.update(what)
    return NewPerson(**fields)


def a_household(*members: dict[str, Any], **what: Any) -> dict[str, Any]:
    """The body of a founding: without members, a head and a spouse are registered with it."""
    body: dict[str, Any] = {
        "kind": "legal",
        "area": VILLAGE,
        "established_on": "2026-01-01",
        "members": list(members)
        or [
            {"relation": "02", "person": a_person()},
            {"relation": "10", "person": a_person(name="覃大山", sex="1", birth_date="1958-03-02")},
        ],
    }
    body.update(what)
    return body
