"""Rows of an export of residents: each field as it is shown, by book and status, page by page, each look noted."""

from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from services.registry.person_exports import service
from services.registry.person_exports.service import COLUMNS, exported_page
from services.registry.wiring import UseCases
from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.testing.doors import a_principal
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE, a_number, a_person
from tests.registry.conftest import Client, Work
from tests.registry.steps import PERSONS, REGISTRAR, Json, die, given, move_out

Row = dict[str, Any]
NUMBER = a_number()
CLERK, OFFICER = a_principal("village_clerk", VILLAGE), a_principal("county_officer", COUNTY)
ALL_SEEING = a_principal("county_registrar", COUNTY)


@pytest.fixture
async def people(client_of: Client, county: None) -> dict[str, Json]:
    """By how they stand: at home, registered elsewhere, living elsewhere, of another village, gone, dead."""
    registrar = client_of(*REGISTRAR)

    async def enter(lives: str, registered: str, **what: Any) -> Json:
        places = {"residence": {"area": lives}, "registration": {"area": registered}}
        return given(await registrar.post(PERSONS, json=a_person(**places, **what)), 201)

    made = {
        "home": await enter(VILLAGE, VILLAGE, name="张三丰", document={"number": NUMBER}),
        "lives": await enter(VILLAGE, FAR, name="李四", sex="1", ethnic_group="01"),
        "registered": await enter(FAR, VILLAGE, name="王五", phone=None, address=None),
        "sister": await enter(SISTER, SISTER, name="赵六"),
        "gone": await enter(VILLAGE, VILLAGE, name="钱七"),
        "dead": await enter(VILLAGE, VILLAGE, name="孙八"),
    }
    given(await move_out(registrar, made["gone"]["id"], "2026-03-01"))
    given(await die(registrar, made["dead"]["id"], "2026-03-02"))
    return made


def asked(area: str = VILLAGE, **what: Any) -> Row:
    """What an export is asked for, as the door hands it on."""
    return {"area": area, "book": "residence", "status": "active", "full": False, "purpose": "statistics"} | what


async def rows_of(work: Work, principal: Principal, wanted: Row) -> list[Row]:
    """All rows."""
    return [row for page in await pages_of(work, principal, wanted) for row in page]


async def pages_of(work: Work, principal: Principal, wanted: Row) -> list[list[Row]]:
    """The same by page."""
    pages: list[list[Row]] = []
    after: Any = None
    while after is not None or not pages:
        page, after = await work(partial(_page, principal, wanted, after))
        pages.append(page)
    return pages


async def _page(principal: Principal, wanted: Row, after: Any, registry: UseCases) -> Any:
    return await exported_page(registry.persons, principal, wanted, after)


async def test_a_masked_row_tells_no_name_number_phone_address_or_birthday(work: Work, people: dict[str, Json]) -> None:
    rows = {row["person"]: row for row in await rows_of(work, CLERK, asked())}
    assert rows[people["home"]["id"]] == {
        "person": people["home"]["id"],
        "name": "张*丰",
        "document_type": "citizen_id",
        "number": f"{NUMBER[:6]}********{NUMBER[-4:]}",
        "sex": "2",
        "birth_date": "1960-05",
        "ethnic_group": "08",
        "phone": "138****8000",
        "address": people["home"]["address"],
        "residence": VILLAGE,
        "registration": VILLAGE,
        "status": "active",
    }
    assert "三组" not in people["home"]["address"]
    assert set(rows[people["home"]["id"]]) == {column.code for column in COLUMNS}


async def test_a_row_in_full_is_the_person_as_entered(work: Work, people: dict[str, Json]) -> None:
    rows = {row["person"]: row for row in await rows_of(work, ALL_SEEING, asked(full=True))}
    home, other = rows[people["home"]["id"]], rows[people["lives"]["id"]]
    assert {name: home[name] for name in ("name", "number", "birth_date", "phone", "address")} == {
        "name": "张三丰",
        "number": NUMBER,
        "birth_date": "1960-05-17",
        "phone": "13807748000",
        "address": "思孟村三组十二号",
    }
    assert (other["name"], other["sex"], other["ethnic_group"]) == ("李四", "1", "01")
    assert (other["residence"], other["registration"]) == (VILLAGE, FAR)


async def test_what_is_not_known_is_an_empty_cell(work: Work, people: dict[str, Json]) -> None:
    for full in (False, True):
        wanted = asked(FAR, full=full)
        (row,) = await rows_of(work, ALL_SEEING, wanted)
        assert (row["person"], row["phone"], row["address"]) == (people["registered"]["id"], None, None)


async def test_who_may_not_see_in_full_gets_masked_rows_whatever_was_asked(work: Work, people: dict[str, Json]) -> None:
    """As when the grants changed between the request and the writing."""
    rows = await rows_of(work, OFFICER, asked(full=True))
    assert len(rows) == 2
    assert all("*" in row["name"] and len(row["birth_date"]) == 7 for row in rows)


TABLES = [
    (asked(), ["home", "lives"]),
    (asked(book="registration"), ["home", "registered"]),
    (asked(status="deceased"), ["dead"]),
    (asked(status="deceased", book="registration"), ["dead"]),
    (asked(status="missing"), []),
    (asked(TOWN), ["home", "lives", "sister"]),
    (asked(TOWN, book="registration"), ["home", "registered", "sister"]),
    (asked(COUNTY), ["home", "lives", "sister", "registered"]),
    (asked(SISTER), ["sister"]),
]
"""What is asked for, and who stands in the table."""


async def test_a_table_is_of_one_book_one_status_and_one_area_however_long_its_pages_are(
    work: Work, people: dict[str, Json], monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {one["id"]: name for name, one in people.items()}
    found = [[names[row["person"]] for row in await rows_of(work, ALL_SEEING, wanted)] for wanted, _ in TABLES]
    assert [sorted(one) for one in found] == [sorted(who) for _, who in TABLES]
    for size, pages in ((1, [1, 1]), (2, [2]), (3, [2])):
        monkeypatch.setattr(service, "PAGE", size)
        again = [[names[row["person"]] for row in await rows_of(work, ALL_SEEING, wanted)] for wanted, _ in TABLES]
        assert again == found, "nobody twice, nobody left out"
        assert [len(page) for page in await pages_of(work, CLERK, asked())] == pages, "a last page only if it is one"


async def test_who_begins_an_export_stands_in_the_access_log_with_the_purpose(
    client_of: Client, people: dict[str, Json], committed: Database
) -> None:
    registrar = client_of(*REGISTRAR, subject="exporter")
    jobs = [
        given(await registrar.post("/registry/v1/person-exports", json=body), 201)["id"]
        for body in (
            {"area": TOWN, "purpose": "statistics"},
            {"area": VILLAGE, "purpose": "registration", "full": True},
        )
    ]
    log = "SELECT object_id::text, action, noun, area, purpose, detail FROM access_log WHERE subject = 'exporter'"
    async with committed.session() as session:
        noted = [tuple(row) for row in await session.execute(text(f"{log} ORDER BY occurred_at"))]
    assert noted == [
        (jobs[0], "export", "registry.person", TOWN, "statistics", "masked"),
        (jobs[1], "export", "registry.person", VILLAGE, "registration", "full"),
    ]


async def test_an_export_that_is_none_is_refused_by_field(client_of: Client, county: None) -> None:
    for what, path in (
        ({"purpose": "curiosity"}, "purpose"),
        ({"area": "45048"}, "area"),
        ({"book": "family"}, "book"),
        ({"status": "alive"}, "status"),
        ({"format": "pdf"}, "format"),
        ({"encoding": "gbk"}, "encoding"),
        ({"full": "yes"}, "full"),
        ({"columns": ["name"]}, "body"),
    ):
        body: Row = {"purpose": "statistics", "area": VILLAGE, **what}
        answer = await client_of(*REGISTRAR).post("/registry/v1/person-exports", json=body)
        assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (422, [path])


async def test_a_table_that_is_not_written_yet_or_was_stopped_is_not_to_be_had(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    begun = given(
        await registrar.post("/registry/v1/person-exports", json={"purpose": "statistics", "area": VILLAGE}), 201
    )
    path = f"/registry/v1/person-exports/{begun['id']}"
    for stopped in (False, True):
        answer = await registrar.get(f"{path}/content")
        assert (answer.status_code, answer.json()["code"]) == (409, "export_not_written"), stopped
        given(await registrar.post(f"{path}/cancel"))
    assert given(await registrar.get(path))["status"] == "cancelled"
