"""sync-delta: a phone that holds a village and asks what changed, which is one resident; everything on.

Control: a bare select of that resident's row by its key, as JSON, over HTTP. Time of a request at 8 connections.
"""

from pathlib import Path

import httpx

from tests.bench.harness import Goal, Measure, Outcome, Round, outcome_of
from tests.bench.registry_stage import ROUNDS, Shot, Stage, stage

SCRIPT = Path(__file__).with_name("get_one.lua")
PERSONS = "/registry/v1/persons"

DELTA = Goal("sync-delta", "a sync of one changed resident of a village against a bare select", 1.5, 2.0, "lower")


def _cursor(set_up: Stage, base: str) -> str:
    """The cursor of a phone that holds the village as it was before one of its residents changed."""
    with httpx.Client(base_url=base, headers={"authorization": f"Bearer {set_up.token}"}) as client:
        page = client.get(f"{PERSONS}/sync", params={"limit": 200}).raise_for_status().json()
        held = len(page["items"])
        while page["more"]:
            query = {"limit": "200", "cursor": page["next_cursor"]}
            page = client.get(f"{PERSONS}/sync", params=query).raise_for_status().json()
            held += len(page["items"])
        assert held == len(set_up.ids)
        change = {"phone": "13900000001"}
        client.post(f"{PERSONS}/{set_up.ids[0]}/correct", json=change, headers={"if-match": "*"}).raise_for_status()
        delta = client.get(f"{PERSONS}/sync", params={"cursor": page["next_cursor"]}).raise_for_status().json()
        assert [one["id"] for one in delta["items"]] == [set_up.ids[0]]
        return str(page["next_cursor"])


def _time_of(shot: Shot) -> Round:
    return Round(1000 / shot.rate, shot.cost)


def delta() -> Outcome:
    with stage() as set_up:
        ours, control = set_up.start_ours(), set_up.start_control("bare_get")
        cursor = _cursor(set_up, ours)

        def pair() -> tuple[Round, Round]:
            return (
                _time_of(set_up.shoot(SCRIPT, ours, 8, f"{PERSONS}/sync?cursor={cursor}")),
                _time_of(set_up.shoot(SCRIPT, control, 8, f"/persons/{set_up.ids[0]}")),
            )

        pair()  # warm-up
        return outcome_of([pair() for _ in range(ROUNDS)], "ms a request")


GOALS: dict[Goal, Measure] = {DELTA: delta}
