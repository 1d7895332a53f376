"""Ledgers, and what their records count, as their owners announce them."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from shared.contracts.grid.ledger_postings import RestrictedLedgerPostingState
from shared.contracts.grid.ledgers import LedgerState
from shared.contracts.grid.records import RecordState
from shared.contracts.indicators.ledgers import LedgerState as OwnLedger
from shared.contracts.indicators.records import RecordState as OwnRecord
from shared.contracts.ledger_postings import PostingSide
from shared.contracts.ledgers import PublishedVersion
from shared.contracts.registry.ledgers import LedgerState as RegistryLedger
from shared.contracts.registry.records import RestrictedRecordState
from shared.ledgers.compiler import compile_ledger
from shared.ledgers.definitions.models import LedgerVersion
from shared.ledgers.definitions.states import published_version
from shared.ledgers.grammar.definition import Definition
from tests.indicators.states import GRID, VILLAGE

NOW = datetime(2026, 11, 10, 2, tzinfo=UTC)


def definition(path: str, **changes: Any) -> Definition:
    """A definition that ships, with changes."""
    written = yaml.load(Path(path).read_text(encoding="utf-8"), yaml.CSafeLoader) | changes
    return Definition.model_validate_json(json.dumps(written, default=str))


def a_version(of: Definition, number: int = 1) -> PublishedVersion:
    """A published version of a ledger as it is announced."""
    row = LedgerVersion(number=number, opens_on=date(2026, 1, 1), definition=of.model_dump(mode="json", by_alias=True))
    return published_version(row)


DISPUTES = definition("services/grid/ledgers/disputes.yaml")
SEEKERS = definition("services/registry/ledgers/job_seekers.yaml")
SEEKING = definition(
    "services/registry/ledgers/job_seekers.yaml",
    measures=[
        {
            "code": "seeking",
            "title": "在册求职人数",
            "unit": "人",
            "kind": "stock",
            "date": "registered_on",
            "meaning": "期末在册的求职人数",
        }
    ],
    ratios=[],
)
"""The same people as a stock."""
KEPT = [
    {"code": code, "title": code, "meaning": code, "kind": "stock", "date": "found_on", "until": ["entered:closed"]}
    for code in ("kept", "kept_land")
]
KEPT[1] |= {"where": "record.kind == 'land'"}
STANDING = definition(
    "services/grid/ledgers/disputes.yaml",
    measures=KEPT,
    ratios=[{"code": "land_rate", "title": "土地", "meaning": "期末", "numerator": "kept_land", "denominator": "kept"}],
)
"""Disputes that are not closed, and how many of them are about land: a rate of what there is on a day."""
FUND = definition("services/grid/ledgers/relief_fund.yaml")
COMMON_FUND = definition("services/grid/ledgers/relief_fund.yaml", subject="nothing")
"""The same accounts, in a ledger that is about nobody: what they come to is told however few they are."""


def a_ledger(of: Definition = DISPUTES, **what_matters: Any) -> LedgerState:
    kinds: dict[str, Any] = {"grid": LedgerState, "indicators": OwnLedger}
    kind: Any = kinds.get(of.owner, RegistryLedger)
    valid = {
        "id": of.code,
        "code": of.code,
        "version": 1,
        "title": of.title,
        "status": "published",
        "published_version": 1,
        "travels_on": "records",
        "read_by": of.access.read,
        "versions": (a_version(of),),
    }
    state: LedgerState = kind(**(valid | what_matters))
    return state


def a_record(
    number: int = 1, *, of: Definition = DISPUTES, status: str = "closed", version: int = 1, **kept: Any
) -> Any:
    """A record as its owner announces it. `kept`: values, and `area`."""
    ledger, area = compile_ledger(of, version=1), kept.pop("area", GRID)
    values = {"kind": "land", "found_on": "2026-11-02", "outcome": "agreed", **kept}
    entered = {status: NOW}
    states: dict[str, Any] = {"grid": RecordState, "indicators": OwnRecord}
    state: Any = states.get(of.owner, RestrictedRecordState)
    return state(
        id=UUID(int=number),
        version=version,
        ledger=of.code,
        ledger_version=1,
        area=area,
        status=status,
        opened_at=NOW,
        entered=entered,
        values={},
        counts=ledger.counts(values, status, entered),
    )


def a_seeker(number: int, area: str = VILLAGE, *, registered_on: str = "2026-03-02", of: Definition = SEEKERS) -> Any:
    return a_record(number, of=of, status="registered", area=area, registered_on=registered_on, reason="returned")


def a_posting(
    number: int,
    kind: str,
    amount: int,
    *,
    day: date = date(2026, 11, 3),
    area: str = VILLAGE,
    reverses: int | None = None,
) -> RestrictedLedgerPostingState:
    """A posting of the relief fund as grid announces it; `reverses`: the number of the one that it takes back."""
    assert FUND.accounts is not None
    (sides,) = [one.sides for one in FUND.accounts.postings if one.code == kind]
    signed = [
        PostingSide(account=one.account, area=area, amount=amount * one.sign * (1 if reverses is None else -1))
        for one in sides
    ]
    counts = compile_ledger(FUND, version=1).counts_posting(kind, day, signed, reverses=reverses is not None)
    return RestrictedLedgerPostingState(
        id=UUID(int=number),
        version=1,
        ledger=FUND.code,
        ledger_version=1,
        kind=kind,
        posted_on=day,
        posted_at=NOW,
        sides=tuple(signed),
        reverses=None if reverses is None else UUID(int=reverses),
        counts=counts,
    )
