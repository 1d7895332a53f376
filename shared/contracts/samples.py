"""One example of every message, as a household's story: what the AsyncAPI document shows. All people are invented.

`STATES` is the state of each noun late in its life; `FACTS` says what is otherwise at the time of a fact, and what it
carries beside the state. The tests hold every example to its schema.
"""

from collections.abc import Mapping
from typing import Any

PERSON = "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"
HOUSEHOLD = "0197d0c0-5f20-7d11-8a52-6c1d0b7e4f10"
ITEM = "0197d0c0-6001-7a10-9c3e-0a4b5c6d7e8f"
CASE = "0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90"
INCIDENT = "0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"
UNIT = "0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"
VILLAGE = "450481114201"
GRID = "450481114201001"
HOTLINE = "urn:county:450481:hotline-12345"
REQUEST = "HL-20261122-000017"

_RESIDENCE = [{"area": GRID, "kind": "registered", "start": "2026-11-01", "end": None}]
_TAG = {
    "id": "0197d0c0-6405-7e54-9072-4e8f90a1b2c3",
    "version": 1,
    "person_id": PERSON,
    "code": "elder_alone",
    "level": None,
    "started_on": "2026-11-01",
    "ended_on": None,
    "residence": _RESIDENCE,
    "sex": "1",
    "birth_month": "1952-03",
}

STATES: Mapping[str, Mapping[str, Any]] = {
    "registry.area": {
        "id": VILLAGE, "version": 1, "code": VILLAGE, "name": "木坪村村委会", "level": 12,
        "kind": "villagers_committee", "parent": "450481114", "valid_from": "2023-01-01", "valid_to": None,
        "successors": [], "village_type": "220", "opening_day": None,
    },
    "registry.calendar": {
        "id": "2026", "version": 1, "year": 2026, "holidays": ["2026-10-01", "2026-10-02"],
        "working_weekends": ["2026-10-10"], "provisional": False, "source": "state_council_notice",
    },
    "registry.person": {
        "id": PERSON, "version": 1, "status": "active", "sex": "1", "birth_month": "1952-03", "ethnic_group": "01",
        "residence": _RESIDENCE,
        "registration": [{"area": VILLAGE, "kind": "household", "start": "2026-11-01", "end": None}], "died_on": None,
    },
    "registry.posting": {
        "id": "0197d0c0-6506-7f65-8183-5f90a1b2c3d4", "version": 1, "person_id": PERSON, "book": "residence",
        "kind": "in", "area": VILLAGE, "amount": 1, "occurred_on": "2026-11-01", "posted_on": "2026-11-02",
        "reverses": None,
    },
    "registry.household": {
        "id": HOUSEHOLD, "version": 1, "kind": "legal", "area": VILLAGE, "status": "active",
        "established_on": "2026-11-01", "dissolved_on": None,
        "members": [{"person_id": PERSON, "relation": "02", "since": "2026-11-01", "until": None}],
    },
    "registry.tag": _TAG,
    "registry.restricted_tag": {**_TAG, "code": "community_correction"},
    "services_hall.item": {
        "id": ITEM, "version": 2, "code": "elder_subsidy", "department": "civil_affairs", "category": "subsidy",
        "target": "natural_person", "levels": [9, 12], "published_version": 1, "statutory_days": 20, "promised_days": 5,
        "status": "published",
    },
    "services_hall.case": {
        "id": CASE, "version": 5, "item_id": ITEM, "item_version": 1, "category": "subsidy", "area": VILLAGE,
        "person_id": PERSON, "status": "closed", "submitted_on": "2026-11-03T01:00:00Z",
        "received_on": "2026-11-03T01:05:00Z", "accepted_on": "2026-11-03T02:00:00Z", "refused_on": None,
        "decided_on": "2026-11-05T03:00:00Z", "granted": True, "closed_on": "2026-11-05T03:30:00Z",
        "due_on": "2026-11-10", "due_provisional": False,
    },
    "grid.grid": {
        "id": GRID, "version": 1, "code": GRID, "village": VILLAGE, "kind": "comprehensive",
        "polygon": [[111.20, 22.90], [111.21, 22.90], [111.21, 22.91], [111.20, 22.91], [111.20, 22.90]],
        "synthetic": True, "valid_from": "2026-01-01", "valid_to": None, "successors": [],
    },
    "grid.incident": {
        "id": INCIDENT, "version": 7, "area": GRID, "source": "patrol", "category": "environment", "severity": "normal",
        "status": "closed", "reported_on": "2026-11-22T01:00:00Z", "filed_on": "2026-11-22T01:10:00Z",
        "dispatched_on": "2026-11-22T01:20:00Z", "accepted_on": "2026-11-22T02:00:00Z",
        "feedback_on": "2026-11-22T06:00:00Z", "checked_on": "2026-11-22T07:00:00Z",
        "closed_on": "2026-11-22T07:10:00Z", "due_on": "2026-11-23T09:10:00Z", "deferred": False, "returns": 0,
        "reworks": 0,
    },
    "grid.visit": {
        "id": "0197d0c0-6607-7076-9294-60a1b2c3d4e5", "version": 2, "person_id": PERSON, "area": GRID,
        "due_on": "2026-11-08", "done_on": "2026-11-07", "status": "done", "finding": "normal",
    },
    "grid.inbound_outcome": {
        "id": "5c4a8a0e-7b0f-5d57-9c0a-0b1f6f1f7d11", "version": 1, "topic": "county.inbound.requests", "partition": 3,
        "offset": 41, "request_source": HOTLINE, "request_id": REQUEST, "status": "accepted", "code": None,
        "final": True, "answered_on": "2026-11-22T01:00:02Z", "repeats": 0, "incident_id": INCIDENT,
        "incident_status": "reported", "area": GRID, "filed_on": None, "due_on": None, "closed_on": None,
    },
    "indicators.value": {
        "id": "450481114:POP-RES:2026-11-22", "version": 4, "area": "450481114", "code": "POP-RES",
        "definition_version": 1, "day": "2026-11-22", "value": 31207, "base": None, "as_of": "2026-11-22T08:00:00Z",
    },
}  # fmt: skip

_REPORTED = dict.fromkeys(
    ("filed_on", "dispatched_on", "accepted_on", "feedback_on", "checked_on", "closed_on", "due_on")
) | {"version": 1, "status": "reported"}


def _until(last: str, version: int, status: str) -> dict[str, Any]:
    """The incident as it was when `last` was its newest milestone."""
    order = ("filed_on", "dispatched_on", "accepted_on", "feedback_on", "checked_on", "closed_on")
    open_ = order[order.index(last) + 1 :]
    return {"state": {**dict.fromkeys(open_), "version": version, "status": status}}


def _case_until(last: str, version: int, status: str) -> dict[str, Any]:
    """The case as it was when `last` was its newest milestone."""
    order = ("submitted_on", "received_on", "accepted_on", "decided_on", "closed_on")
    late = order[order.index(last) + 1 :]
    open_ = [*late, *(["granted"] if "decided_on" in late else []), *(["due_on"] if "accepted_on" in late else [])]
    return {"state": {**dict.fromkeys(open_), "version": version, "status": status}}


_ENDED = {"state": {"version": 2, "ended_on": "2026-12-01"}}
_LEFT = [{"area": GRID, "kind": "registered", "start": "2026-11-01", "end": "2026-12-01"}]

FACTS: Mapping[str, Mapping[str, Any]] = {
    "registry.area.renamed": {"state": {"version": 2}},
    "registry.area.abolished": {"state": {"version": 3, "valid_to": "2027-01-01", "successors": ["450481114202"]}},
    "registry.person.corrected": {"state": {"version": 2}},
    "registry.person.moved_in": {"state": {"version": 4}},
    "registry.person.moved_out": {"state": {"version": 3, "status": "moved_out", "residence": _LEFT}},
    "registry.person.died": {
        "state": {"version": 3, "status": "deceased", "died_on": "2026-11-30", "residence": _LEFT},
    },
    "registry.household.member_added": {"state": {"version": 2}, "person_id": PERSON},
    "registry.household.member_removed": {"state": {"version": 3}, "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78"},
    "registry.household.dissolved": {"state": {"version": 4, "status": "dissolved", "dissolved_on": "2026-12-01"}},
    "registry.tag.ended": _ENDED,
    "registry.tag.followed": {"state": {"version": 2}},
    "registry.restricted_tag.ended": _ENDED,
    "registry.restricted_tag.followed": {"state": {"version": 2}},
    "services_hall.item.drafted": {
        "state": {
            "version": 1, "published_version": None, "statutory_days": None, "promised_days": None, "status": "draft",
        }
    },
    "services_hall.item.published": {"published": 1},
    "services_hall.case.submitted": _case_until("submitted_on", 1, "submitted"),
    "services_hall.case.received": _case_until("received_on", 2, "received"),
    "services_hall.case.accepted": _case_until("accepted_on", 3, "accepted"),
    "services_hall.case.decided": _case_until("decided_on", 4, "decided"),
    "services_hall.case.rescheduled": _case_until("accepted_on", 4, "accepted"),
    "services_hall.case.refused": {
        "state": {**_case_until("received_on", 3, "refused")["state"], "refused_on": "2026-11-03T02:00:00Z"}
    },
    "services_hall.case.withdrawn": _case_until("received_on", 3, "withdrawn"),
    "grid.grid.closed": {"state": {"version": 2, "valid_to": "2027-01-01", "successors": ["450481114201002"]}},
    "grid.incident.reported": {"state": _REPORTED},
    "grid.incident.rejected": {"state": {**_REPORTED, "version": 2, "status": "rejected"}},
    "grid.incident.filed": _until("filed_on", 2, "filed"),
    "grid.incident.dispatched": {**_until("dispatched_on", 3, "dispatched"), "unit_id": UNIT},
    "grid.incident.returned": {"state": {**_until("filed_on", 4, "filed")["state"], "returns": 1}},
    "grid.incident.accepted": _until("accepted_on", 4, "accepted"),
    "grid.incident.feedback_given": _until("feedback_on", 5, "feedback"),
    "grid.incident.checked": _until("checked_on", 6, "checked"),
    "grid.incident.rework_ordered": {"state": {**_until("accepted_on", 6, "accepted")["state"], "reworks": 1}},
    "grid.visit.planned": {"state": {"version": 1, "done_on": None, "status": "due", "finding": None}},
    "grid.visit.cancelled": {"state": {"done_on": None, "status": "cancelled", "finding": None}},
    "grid.visit.moved": {"state": {"done_on": None, "status": "due", "finding": None, "area": "450481114202001"}},
    "grid.inbound_outcome.rejected": {
        "state": {
            "status": "rejected", "code": "category_unknown", "final": False, "incident_id": None,
            "incident_status": None, "area": None,
        }
    },
    "grid.inbound_outcome.progressed": {
        "state": {
            "version": 2, "incident_status": "filed", "filed_on": "2026-11-22T01:10:00Z",
            "due_on": "2026-11-23T09:10:00Z",
        }
    },
    "grid.inbound_outcome.repeated": {"state": {"version": 2, "offset": 57, "repeats": 1}},
}  # fmt: skip

SUBMISSIONS: Mapping[str, Mapping[str, Any]] = {
    "county.request.submitted": {
        "received_on": "2026-11-22T09:00:00+08:00",
        "category": "environment",
        "severity": "normal",
        "area": VILLAGE,
        "point": None,
        "personal": "eyJhbGciOiJFQ0RILUVTK0EyNTZLVyJ9.a2V5.aXY.Y2lwaGVydGV4dA.dGFn",
    },
}
"""The data of what the county sends. `personal` is cut short: a real one is longer."""


def fact(type_: str) -> dict[str, Any]:
    """The value of a message of this type."""
    noun = type_.rsplit(".", 1)[0]
    here = FACTS.get(type_, {})
    return {**here, "state": {**STATES[noun], **here.get("state", {})}}
