"""The same county in all three ways: what is entered over HTTP is what the launcher's seed enters, to the letter."""

import json
from datetime import date

from deploy.first_day.trial import trial_county
from deploy.local.county.catalogue import BOOKS_OPENED_ON, PERSONAS, UNITS
from deploy.local.county.divisions import divisions, villages
from deploy.local.county.grids import outlines
from deploy.local.county.residents import families
from deploy.local.county.seed import new_person
from services.grid.grids.domain import GridKind, NewGrid
from services.grid.grids.schemas.geojson import DrawGeoJson
from services.registry.areas.domain import read_divisions
from services.registry.households.schemas import FoundHousehold
from services.services_hall.item_tables.schemas import Arrangement, ItemEntry, shipped
from shared.auth.roles import Role

TRIAL = trial_county()
FAMILIES = families(villages())


def test_the_same_divisions() -> None:
    assert read_divisions(TRIAL.divisions) == read_divisions(divisions())
    assert date(2026, 1, 1) == TRIAL.books_opened_on == BOOKS_OPENED_ON


def test_the_same_people_in_the_same_households() -> None:
    assert len(TRIAL.households) == len(FAMILIES)
    for body, family in zip(TRIAL.households, FAMILIES, strict=True):
        told = FoundHousehold.model_validate(body)
        assert (told.area, told.kind.value == "living") == (family.village, family.floating)
        assert [one.relation for one in told.members] == [one.relation for one in family.residents]
        for member, resident in zip(told.members, family.residents, strict=True):
            assert member.person is not None
            assert member.person.person() == new_person(family, resident, BOOKS_OPENED_ON)
            assert tuple(TRIAL.tags.get(resident.number, ())) == resident.tags


def test_the_same_grids() -> None:
    body = {"type": "FeatureCollection", "features": TRIAL.grids}
    assert DrawGeoJson.model_validate(body).content() == [
        NewGrid(one.code, GridKind.COMPREHENSIVE, one.ring, synthetic=True, valid_from=BOOKS_OPENED_ON)
        for one in outlines([code for code, _ in villages()])
    ]


def test_the_same_items_and_units() -> None:
    told = [ItemEntry.model_validate_json(json.dumps(one.model_dump())).entry() for one in TRIAL.items]
    assert told == [one.entry() for how in Arrangement for one in shipped(how)]
    assert [(unit.department, unit.name) for unit in TRIAL.units] == list(UNITS)


def test_somebody_of_every_role_of_an_office_can_log_in() -> None:
    assert [one.username for one in TRIAL.accounts] == [one.username for one in PERSONAS]
    assert set(Role) - {one.role for one in TRIAL.accounts} == {Role.RESIDENT, Role.INTEGRATOR}
    assert [one.grant for one in TRIAL.accounts] == [one.grant for one in PERSONAS]
