"""Every change under an `Idempotency-Key` happens once: the same request, the same answer; another is refused."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import DIVISIONS, SISTER, VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREAS,
    CALENDAR,
    CLERK,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    RESTRICTED_TAGS,
    TAGS,
    Json,
    assert_refused,
    found,
    given,
    members_of,
    register,
    start_tag,
)


async def twice(client: AsyncClient, events: Events, path: str, body: Json) -> None:
    """The request, and the same again with its key."""
    key = {"idempotency-key": f"key of {path}"}
    before = len(await events())
    first = await client.post(path, json=body, headers=key)
    assert first.is_success, (path, first.text)
    after = await events()
    assert len(after) > before, f"{path} told nothing"
    again = await client.post(path, json=body, headers=key)
    assert again.status_code == first.status_code
    assert again.content == first.content
    for name in ("etag", "location", "xiangli-position", "content-type"):
        assert again.headers.get(name) == first.headers.get(name), (path, name)
    assert await events() == after, f"{path} happened twice"


async def test_every_change_happens_once(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    people = [(await register(client))["id"] for _ in range(3)]
    household = await found(client)
    care = await start_tag(client, people[0], "disabled")
    sensitive = await start_tag(client, people[0], "released_prisoner", restricted=True)
    spouse = members_of(household)[1]
    tag = {"started_on": "2026-03-01"}
    changes: list[tuple[str, Json]] = [
        (PERSONS, a_person()),
        (HOUSEHOLDS, a_household()),
        (f"{HOUSEHOLDS}/{household['id']}/members", {"relation": "30", "person_id": people[0]}),
        (f"{HOUSEHOLDS}/{household['id']}/members/{spouse}/remove", {"left_on": "2026-03-01"}),
        (f"{PERSONS}/{people[0]}/tags", {"code": "preferential", **tag}),
        (f"{PERSONS}/{people[0]}/restricted-tags", {"code": "drug_user", **tag}),
        (f"{TAGS}/{care['id']}/end", {"ended_on": "2026-03-02"}),
        (f"{RESTRICTED_TAGS}/{sensitive['id']}/end", {"ended_on": "2026-03-02"}),
        (f"{PERSONS}/{people[0]}/move-in", {"occurred_on": "2026-03-02", "residence": {"area": SISTER}}),
        (f"{PERSONS}/{people[1]}/move-out", {"occurred_on": "2026-03-02"}),
        (f"{PERSONS}/{people[2]}/death", {"occurred_on": "2026-03-02"}),
        (f"{CALENDAR}/2027/publish", {"holidays": [], "working_weekends": [], "source": "x"}),
        (f"{AREAS}/{VILLAGE}/abolish", {"valid_to": "2026-03-16", "successors": [SISTER]}),
        (f"{AREAS}/import", edition()),
    ]
    for path, body in changes:
        await twice(client, events, path, body)


def edition() -> Json:
    rows: list[dict[str, Any]] = [{**one, "level": int(one["level"] or 0)} for one in DIVISIONS]
    return {"rows": [*rows[:-1], {**rows[-1], "name": "改名村委会"}]}


async def test_another_request_under_the_same_key_is_refused(client_of: Client, county: None, events: Events) -> None:
    client, key = client_of(*CLERK), {"idempotency-key": "one"}
    first = a_person()
    given(await client.post(PERSONS, json=first, headers=key), 201)
    before = await events()
    assert_refused(await client.post(PERSONS, json=a_person(), headers=key), "idempotency_key_reused")
    assert await events() == before
    # the key is the operation's and the caller's own
    given(await client.post(HOUSEHOLDS, json=a_household(), headers=key), 201)
    given(await client_of(*CLERK, subject="another").post(PERSONS, json=a_person(), headers=key), 201)


async def test_a_refusal_is_not_kept(client_of: Client, county: None) -> None:
    """It may turn out otherwise the next time."""
    client, key = client_of(*CLERK), {"idempotency-key": "again"}
    person = await register(client)
    body = {"code": "disabled", "started_on": "2026-03-01"}
    tag = await start_tag(client, person["id"], "disabled")
    path = f"{PERSONS}/{person['id']}/tags"
    assert_refused(await client.post(path, json=body, headers=key), "tag_already_open")
    given(await client.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-02"}))
    made: Response = await client.post(path, json=body, headers=key)
    given(made, 201)
    assert (await client.post(path, json=body, headers=key)).content == made.content
