"""Ledgers over HTTP: drafted by one person, published by another, in versions that never change."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from jsonschema import Draft202012Validator

from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.errors import NotFound
from shared.ids import new_id
from shared.ledgers.definitions.domain import LedgerRetired, NotOpenYet
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.testing.clock import FrozenClock
from tests.shared.ledgers.builders import choices, definition, field, status
from tests.shared.ledgers.definitions.conftest import DRAFTER, PUBLISHER, Facts, Send, an_officer, errors_of

Publish = Callable[..., Awaitable[httpx.Response]]
Hold = Callable[..., Awaitable[UUID]]

BASE = definition()["fields"]


def with_field(*fields: dict[str, Any], **parts: Any) -> dict[str, Any]:
    """The small ledger with further fields."""
    return {"fields": [*BASE, *fields], **parts}


async def test_a_ledger_is_drafted_read_published_by_a_second_person_and_announced(send: Send, facts: Facts) -> None:
    drafted = await send(DRAFTER, "post", "/ledger-drafts", {"definition": definition()})
    assert drafted.status_code == 201, drafted.text
    assert drafted.json()["drafted_by"] == "drafter"
    assert (await send(PUBLISHER, "get", "/ledgers/rounds")).status_code == 404, "a draft is no ledger"
    assert await facts() == []
    shown = await send(PUBLISHER, "get", "/ledger-drafts/rounds")
    assert (shown.headers["ETag"], shown.json()) == ('"1"', drafted.json())
    published = await send(PUBLISHER, "post", "/ledger-drafts/rounds/publish", seen=1)
    assert published.status_code == 200, published.text
    assert [line["number"] for line in published.json()["versions"]] == [1]
    assert (await send(PUBLISHER, "get", "/ledger-drafts/rounds")).status_code == 404
    assert (await send(DRAFTER, "get", "/ledgers/rounds")).json() == published.json()
    listed = (await send(DRAFTER, "get", "/ledgers")).json()
    assert [one["code"] for one in listed["items"]] == ["rounds"]
    [fact] = await facts()
    assert (fact.type, fact.state.code, fact.state.status) == ("grid.ledger.published", "rounds", "published")
    assert fact.state.travels_on == "records"


async def test_whoever_had_a_hand_in_a_draft_does_not_publish_it(send: Send) -> None:
    await send(DRAFTER, "post", "/ledger-drafts", {"definition": definition()})
    refused = await send(DRAFTER, "post", "/ledger-drafts/rounds/publish", seen=1)
    assert (refused.status_code, refused.json()["code"]) == (403, "same_person")
    changed = await send(
        PUBLISHER, "post", "/ledger-drafts/rounds/redraft", {"definition": definition(title="保洁")}, seen=1
    )
    assert changed.status_code == 200, changed.text
    for who in (DRAFTER, PUBLISHER):
        refused = await send(who, "post", "/ledger-drafts/rounds/publish", seen=2)
        assert refused.json()["code"] == "same_person"
    third = an_officer("third")
    assert (await send(third, "post", "/ledger-drafts/rounds/publish", seen=1)).status_code == 412
    assert (await send(third, "post", "/ledger-drafts/rounds/publish")).status_code == 428
    assert (await send(third, "post", "/ledger-drafts/rounds/publish", seen=2)).status_code == 200


RESTRICTED = {
    "fields": [field("kind", "choice", choices=choices("a"), privacy="restricted")],
}


@pytest.mark.parametrize("who", [DRAFTER, an_officer("registrar", "county_registrar")])
async def test_nobody_hands_out_a_permission_that_they_do_not_hold_over_the_county(send: Send, who: Principal) -> None:
    """An officer does not hold `record.restricted`; a registrar alone does not hold `record.decide`."""
    step = {"verb": "close", "title": "办结", "from": ["open"], "to": "done", "permission": "record.decide"}
    refused = await send(who, "post", "/ledger-drafts", {"definition": definition(**RESTRICTED, steps=[step])})
    assert (refused.status_code, refused.json()["code"]) == (403, "grants_more")
    place = "definition.access.restricted" if who is DRAFTER else "definition.steps.0.permission"
    assert (place, "grants_more") in errors_of(refused)
    both = an_officer("both", "county_officer", "county_registrar")
    body = {"definition": definition(**RESTRICTED, steps=[step])}
    assert (await send(both, "post", "/ledger-drafts", body)).status_code == 201
    refused = await send(PUBLISHER, "post", "/ledger-drafts/rounds/publish", seen=1)
    assert refused.json()["code"] == "grants_more", "the publisher is asked as well"


async def test_below_the_county_nobody_drafts(send: Send) -> None:
    town = Principal("town", (*an_officer("x").grants[:0],))
    assert (await send(town, "post", "/ledger-drafts", {"definition": definition()})).status_code == 403


async def test_every_error_of_a_definition_is_told_by_its_place_in_the_body(send: Send) -> None:
    wrong = definition(fields=[field("kind", "choice"), field("who", "name")])
    refused = await send(DRAFTER, "post", "/ledger-drafts", {"definition": wrong})
    assert refused.status_code == 422
    assert errors_of(refused) == {
        ("definition.fields.0.choices", "choices_missing"),
        ("definition.fields.1.privacy", "must_be_personal"),
    }
    refused = await send(DRAFTER, "post", "/ledger-drafts", {"definition": {**definition(), "fields": [{"type": "x"}]}})
    assert ("definition.fields.0.type", "enum") in errors_of(refused)
    more = definition(colour="red", steps=[{**definition()["steps"][0], "runs": "rm"}])
    refused = await send(DRAFTER, "post", "/ledger-drafts", {"definition": more})
    assert errors_of(refused) == {
        ("definition", "extra_forbidden"),
        ("definition.steps.0", "extra_forbidden"),
    }, "names are not repeated"
    refused = await send(DRAFTER, "post", "/ledger-drafts", {"definition": definition(owner="registry")})
    assert refused.json()["code"] == "ledger_of_another"


async def test_ledgers_that_a_definition_points_into_are_published_here(send: Send, publish: Publish) -> None:
    columns = [{"name": "lines", "title": "行", "fields": [field("of", "record", ledger="gone")]}]
    pointing = {
        "code": "pointing", "subject": "record", "subject_ledger": "rounds", "rows": columns,
        "fields": [field("own", "record", ledger="pointing"), field("other", "record", ledger="gone")],
    }  # fmt: skip
    refused = await send(DRAFTER, "post", "/ledger-drafts", {"definition": definition(**pointing)})
    assert refused.status_code == 422
    assert errors_of(refused) == {
        (f"definition.{place}", "unknown_ledger")
        for place in ("subject_ledger", "fields.1.ledger", "rows.0.fields.0.ledger")
    }
    assert (await publish()).status_code == 200
    assert (await publish({"code": "gone"})).status_code == 200
    assert (await publish(pointing)).status_code == 200


async def test_a_ledger_has_one_draft(send: Send) -> None:
    body = {"definition": definition()}
    assert (await send(DRAFTER, "post", "/ledger-drafts", body)).status_code == 201
    assert (await send(PUBLISHER, "post", "/ledger-drafts", body)).json()["code"] == "draft_exists"
    assert (await send(PUBLISHER, "post", "/ledger-drafts/rounds/discard", seen=2)).status_code == 412
    assert (await send(PUBLISHER, "post", "/ledger-drafts/rounds/discard", seen=1)).status_code == 200
    assert (await send(PUBLISHER, "post", "/ledger-drafts", body)).status_code == 201


async def test_an_additive_version_follows_by_itself_and_a_change_needs_a_mapping(
    send: Send, publish: Publish, facts: Facts
) -> None:
    assert (await publish()).status_code == 200
    more = with_field(field("note"), statuses=[status("open", initial=True), status("done", final=True)])
    second = await publish(more)
    assert [line["additive"] for line in second.json()["versions"]] == [True, True]
    changes = (await send(DRAFTER, "get", "/ledgers/rounds/versions/2/changes")).json()
    assert [(one["path"], one["kind"]) for one in changes["items"]] == [("fields.note", "added")]
    refused = await publish(with_field(field("note", required=True)))
    assert (refused.status_code, refused.json()["code"]) == (409, "mapping_missing")
    draft = (await send(DRAFTER, "get", "/ledger-drafts/rounds/changes")).json()
    assert (draft["additive"], [one["path"] for one in draft["items"]]) == (False, ["fields.note.required"])
    body = {"definition": definition(**with_field(field("note", required=True))), "mapping": {}}
    assert (await send(DRAFTER, "post", "/ledger-drafts/rounds/redraft", body, seen=1)).status_code == 200
    third = await send(PUBLISHER, "post", "/ledger-drafts/rounds/publish", seen=2)
    assert [line["additive"] for line in third.json()["versions"]] == [True, True, False]
    assert [one.state.published_version for one in await facts()] == [1, 2, 3]
    old = await send(DRAFTER, "get", "/ledgers/rounds/versions/1")
    assert [one["name"] for one in old.json()["definition"]["fields"]] == ["kind", "found_on", "bins"], "immutable"


async def test_a_mapping_names_what_is_there_and_joins_equal_types(send: Send, publish: Publish) -> None:
    body = {"definition": definition(), "mapping": {"fields": [{"old": "a", "new": "b"}]}}
    assert (await send(DRAFTER, "post", "/ledger-drafts", body)).json()["code"] == "mapping_wrong"
    assert (await publish()).status_code == 200
    parts = {"fields": [*BASE[:2], field("baskets", "integer"), field("seen_on", "date")]}
    mapping = {
        "fields": [{"old": "bins", "new": "baskets"}, {"old": "found_on", "new": "baskets"}, {"old": "x", "new": "y"}],
        "choices": [{"field": "kind", "old": "street", "new": "lane"}],
        "statuses": [{"old": "shut", "new": "done"}],
    }
    refused = await send(DRAFTER, "post", "/ledger-drafts", {"definition": definition(**parts), "mapping": mapping})
    assert errors_of(refused) == {
        ("mapping.fields.1", "mapping_type"),
        ("mapping.fields.1.new", "repeated"),
        ("mapping.fields.2.old", "unknown_field"),
        ("mapping.fields.2.new", "unknown_field"),
        ("mapping.choices.0.new", "unknown_code"),
        ("mapping.statuses.0.old", "unknown_status"),
    }


async def test_a_dry_run_tells_which_live_records_would_break_and_where_without_a_value(
    send: Send, publish: Publish, hold: Hold
) -> None:
    secret = field("who", "name", privacy="personal")
    assert (await publish(with_field(secret))).status_code == 200
    good, bad = await hold(new_id(), {"kind": "street"}), await hold(new_id(), {"bins": 3}, personal='{"who": "张三"}')
    parts = with_field({**secret, "name": "person_in_charge"})
    parts["fields"][0] = {**BASE[0], "required": True}
    mapping = {"fields": [{"old": "who", "new": "person_in_charge"}]}
    await send(DRAFTER, "post", "/ledger-drafts", {"definition": definition(**parts), "mapping": mapping})
    tried = await send(DRAFTER, "get", "/ledger-drafts/rounds/dry-run")
    assert tried.json() == {
        "examined": 2,
        "broken": [{"id": str(bad), "places": [{"path": "values.kind", "code": "missing", "message": "必填"}]}],
        "next_cursor": None,
    }
    assert str(good) not in tried.text
    first = (await send(DRAFTER, "get", "/ledger-drafts/rounds/dry-run?limit=1")).json()
    assert (first["examined"], first["broken"]) == (1, [])
    rest = await send(DRAFTER, "get", f"/ledger-drafts/rounds/dry-run?limit=1&cursor={first['next_cursor']}")
    assert [one["id"] for one in rest.json()["broken"]] == [str(bad)]


async def test_a_dry_run_tries_records_as_the_mapping_makes_them(send: Send, publish: Publish, hold: Hold) -> None:
    """A field, a choice and a status that are called otherwise: without the mapping not one record would fit."""
    assert (await publish()).status_code == 200
    await hold(new_id(), {"kind": "street", "bins": 3})
    parts: dict[str, Any] = {
        "fields": [
            field("kind", "choice", choices=choices("lane", "river"), required=True),
            field("found_on", "date"),
            field("baskets", "integer", required=True),
        ],
        "statuses": [status("begun", initial=True), status("done", final=True)],
        "steps": [{**definition()["steps"][0], "from": ["begun"]}],
    }
    mapping = {
        "fields": [{"old": "bins", "new": "baskets"}],
        "choices": [{"field": "kind", "old": "street", "new": "lane"}],
        "statuses": [{"old": "open", "new": "begun"}],
    }
    drafted = await send(DRAFTER, "post", "/ledger-drafts", {"definition": definition(**parts), "mapping": mapping})
    assert drafted.status_code == 201, drafted.text
    tried = (await send(DRAFTER, "get", "/ledger-drafts/rounds/dry-run")).json()
    assert (tried["examined"], tried["broken"]) == (1, [])


PERSONAL = field("who", "name", privacy="personal")
LOOSER: list[tuple[str, dict[str, Any], Any]] = [
    ("definition.matter", with_field(field("matter")), {}),
    ("definition.told", with_field(field("told")), {"fields": [{"old": "matter", "new": "told"}]}),
]


@pytest.mark.parametrize(("place", "parts", "mapping"), LOOSER)
async def test_privacy_is_never_loosened_while_records_hold_the_field(
    publish: Publish, hold: Hold, place: str, parts: dict[str, Any], mapping: Any
) -> None:
    assert (await publish(with_field(field("matter", privacy="personal")))).status_code == 200
    await hold(new_id(), {"kind": "street"})
    refused = await publish(parts, mapping=mapping)
    assert (refused.status_code, refused.json()["code"]) == (409, "privacy_loosened")
    assert errors_of(refused) == {(place, "privacy_loosened")}


async def test_a_name_that_was_given_up_does_not_come_back_looser(publish: Publish, hold: Hold) -> None:
    assert (await publish(with_field(field("matter", privacy="personal")))).status_code == 200
    await hold(new_id(), {"kind": "street"})
    assert (await publish({}, mapping={})).status_code == 200
    assert (await publish(with_field(field("matter")), mapping={})).json()["code"] == "privacy_loosened"


async def test_what_travelled_out_of_sight_of_county_systems_goes_on_so(publish: Publish, hold: Hold) -> None:
    about = with_field(field("helped", "person"))
    assert (await publish(about)).status_code == 200
    await hold(new_id(), {})
    refused = await publish({**about, "access": {"travels_openly": "测试"}}, mapping={})
    assert errors_of(refused) == {("definition.access.travels_openly", "privacy_loosened")}


async def test_without_records_privacy_may_be_set_right(publish: Publish) -> None:
    assert (await publish(with_field(field("matter", privacy="personal")))).status_code == 200
    assert (await publish(with_field(field("matter")), mapping={})).status_code == 200


async def test_what_is_taken_until_a_version_opens_is_kept_as_it_was_promised(
    publish: Publish, clock: FrozenClock
) -> None:
    """Nothing stands there today; what is entered tomorrow would be opened to everybody the day after."""
    assert (await publish(with_field(field("matter", privacy="personal")))).status_code == 200
    later = (clock.now().date() + timedelta(days=2)).isoformat()
    refused = await publish(with_field(field("matter")), mapping={}, opens_on=later)
    assert errors_of(refused) == {("definition.matter", "privacy_loosened")}


async def test_a_version_opens_today_or_later_and_not_before_the_one_before(publish: Publish) -> None:
    assert (await publish(opens_on="2020-01-01")).json()["code"] == "opens_in_the_past"


async def test_records_are_taken_under_the_version_in_force_and_follow_additive_ones(
    publish: Publish, committed: Database, clock: FrozenClock
) -> None:
    now = clock.now().date()
    later = now.replace(year=now.year + 1).isoformat()
    assert (await publish(opens_on=later)).status_code == 200
    async with committed.session() as session:
        ledgers = PublishedLedgers(session, clock)
        with pytest.raises(NotOpenYet):
            await ledgers.open_for_records("rounds")
        with pytest.raises(NotFound):
            await ledgers.open_for_records("nothing")
        assert (await ledgers.newest("rounds")).version == 1
    for parts, mapping in (({"fields": [*BASE, field("note")]}, None), ({"fields": BASE[:2]}, {})):
        assert (await publish(parts, mapping=mapping, opens_on=later)).status_code == 200
    clock.set(clock.now().replace(year=now.year + 2))
    async with committed.session() as session:
        ledgers = PublishedLedgers(session, clock)
        assert (await ledgers.open_for_records("rounds")).version == 3
        assert (await ledgers.of_record("rounds", 1)).version == 2, "the second only adds, the third takes away"
        assert (await ledgers.of_record("rounds", 3)).version == 3
        assert await ledgers.version("rounds", 2) is await ledgers.version("rounds", 2), "compiled once"


async def test_a_retired_ledger_is_read_and_nothing_is_opened_in_it(
    send: Send, publish: Publish, facts: Facts, committed: Database, clock: FrozenClock
) -> None:
    assert (await publish()).status_code == 200
    assert (await send(DRAFTER, "post", "/ledgers/rounds/retire", seen=2)).status_code == 412
    retired = await send(DRAFTER, "post", "/ledgers/rounds/retire", seen=1)
    assert (retired.status_code, retired.json()["status"]) == (200, "retired")
    assert (await send(DRAFTER, "post", "/ledgers/rounds/retire", seen=2)).json()["code"] == "ledger_retired"
    assert (await send(DRAFTER, "get", "/ledgers/rounds")).json() == retired.json()
    assert [one.type for one in await facts()] == ["grid.ledger.published", "grid.ledger.retired"]
    body = {"definition": definition()}
    assert (await send(DRAFTER, "post", "/ledger-drafts", body)).json()["code"] == "ledger_retired"
    async with committed.session() as session:
        with pytest.raises(LedgerRetired):
            await PublishedLedgers(session, clock).open_for_records("rounds")


async def test_the_schema_of_definitions_is_published_and_takes_this_one(send: Send) -> None:
    schema = (await send(DRAFTER, "get", "/ledger-schema")).json()
    Draft202012Validator.check_schema(schema)
    assert not list(Draft202012Validator(schema).iter_errors(definition()))
    assert list(Draft202012Validator(schema).iter_errors(definition(levels=["moon"])))


async def test_a_published_ledger_reads_back_as_it_was_drafted(send: Send, publish: Publish) -> None:
    parts = {
        "fields": [
            field("rate", "percent", bounds={"min": "0.5", "max": 100}),
            field("day", "date", bounds={"min": "2026-01-01"}),
        ]
    }
    assert (await publish(parts)).status_code == 200
    stored = (await send(DRAFTER, "get", "/ledgers/rounds/versions/1")).json()["definition"]
    assert stored["fields"][0]["bounds"] == {"min": "0.5", "max": 100, "max_length": None, "not_after_today": False}
    assert stored["fields"][1]["bounds"]["min"] == "2026-01-01"
    assert stored["steps"][0]["from"] == ["open"]


async def test_each_version_has_a_typed_document(send: Send, publish: Publish) -> None:
    assert (await publish()).status_code == 200
    assert (await publish(with_field(field("note")))).status_code == 200
    newest = (await send(DRAFTER, "get", "/ledgers/rounds/openapi.json")).json()
    first = (await send(DRAFTER, "get", "/ledgers/rounds/versions/1/openapi.json")).json()
    assert [one["info"]["version"] for one in (newest, first)] == ["2", "1"]
    assert "note" in newest["components"]["schemas"]["SentValues"]["properties"]
    assert "note" not in first["components"]["schemas"]["SentValues"]["properties"]
    for path in ("/ledgers/nothing/openapi.json", "/ledgers/rounds/versions/3/openapi.json"):
        assert (await send(DRAFTER, "get", path)).status_code == 404
