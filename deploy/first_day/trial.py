"""The trial county: the demo county of `make run` as a county's file, so that it can be entered anywhere by HTTP."""

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from deploy.first_day.county_file import CountyFile, county
from deploy.local.county.catalogue import BOOKS_OPENED_ON, PERSONAS, UNITS
from deploy.local.county.divisions import COUNTY, divisions, villages
from deploy.local.county.grids import GridOutline, outlines
from deploy.local.county.residents import ELSEWHERE, Family, Resident, families
from services.services_hall.item_tables.schemas import Arrangement, shipped

LEDGERS = Path(__file__).resolve().parents[2] / "docs" / "ledgers"
IN_FORCE = ("disputes", "sanitation_rounds")
"""Ledgers of grid that a trial begins with."""


def trial_county() -> CountyFile:
    """Real divisions, synthetic grids and residents, a few items, units and ledgers, and somebody of every role."""
    tags: dict[str, list[str]] = defaultdict(list)
    everyone = families(villages())
    for resident in (one for family in everyone for one in family.residents if one.tags):
        tags[resident.number] += resident.tags
    return county(
        {
            "county": COUNTY,
            "books_opened_on": BOOKS_OPENED_ON,
            "divisions": divisions(),
            "units": [{"area": COUNTY, "department": department, "name": name} for department, name in UNITS],
            "items": [one.model_dump(mode="json", exclude_none=True) for how in Arrangement for one in shipped(how)],
            "ledgers": [json.loads((LEDGERS / f"{code}.json").read_text("utf-8"))["definition"] for code in IN_FORCE],
            "grids": [_grid(one) for one in outlines([code for code, _ in villages()])],
            "households": [_household(family) for family in everyone],
            "tags": tags,
            "accounts": [
                {"username": one.username, "role": one.role, "area": one.area, "department": one.department}
                for one in PERSONAS
            ],
        }
    )


def _grid(outline: GridOutline) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [[list(point) for point in outline.ring]]},
        "properties": {"code": outline.code, "synthetic": True, "valid_from": str(BOOKS_OPENED_ON)},
    }


def _household(family: Family) -> dict[str, Any]:
    return {
        "kind": "living" if family.floating else "legal",
        "area": family.village,
        "established_on": str(BOOKS_OPENED_ON),
        "members": [{"relation": one.relation, "person": _person(family, one)} for one in family.residents],
    }


def _person(family: Family, resident: Resident) -> dict[str, Any]:
    left_behind = any(tag.startswith("left_behind") for tag in resident.tags)
    kind = "left_behind" if left_behind else "registered"
    person: dict[str, Any] = {
        "entry": "enrolled",
        "occurred_on": str(BOOKS_OPENED_ON),
        "reported_on": str(BOOKS_OPENED_ON),
        "name": resident.name,
        "sex": resident.sex,
        "birth_date": str(resident.birth_date),
        "document": {"number": resident.number},
        "ethnic_group": resident.ethnic_group,
        "address": resident.address,
        "residence": {"area": family.grid, "kind": "floating" if family.floating else kind},
        "registration": {"area": ELSEWHERE if family.floating else family.village},
    }
    return person | ({"phone": resident.phone} if resident.phone else {})
