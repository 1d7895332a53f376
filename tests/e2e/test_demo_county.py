"""The demo county: real divisions; residents, households and grid boundaries that are whole and nobody's."""

from collections import Counter
from datetime import date

import pytest
from shapely.geometry import Point, Polygon

from deploy.local.county.divisions import divisions, villages
from deploy.local.county.grids import GRIDS, outlines
from deploy.local.county.residents import FEMALE, MALE, REFERENCE, families, number_of
from services.grid.grids.domain import Outline, first_far_away, first_in_other_town, first_overlap, polygon_of
from services.registry.areas.domain import read_divisions
from services.registry.tags.domain import Family as TagFamily
from services.registry.tags.domain import require_code
from shared.reference.identity import check_number
from shared.reference.relations import HEAD, RELATIONS

COUNTY = families(villages())
RESIDENTS = [resident for family in COUNTY for resident in family.residents]


def test_the_divisions_are_those_of_the_published_edition() -> None:
    read = read_divisions(divisions())
    assert Counter(one.level for one in read) == {2: 1, 4: 1, 6: 1, 9: 14, 12: 290}
    assert all(one.parent is None or one.parent in {other.code for other in read} for one in read)


def test_there_are_three_thousand_residents_in_a_thousand_households_over_all_villages() -> None:
    assert len(COUNTY) == 1_000
    assert 3_050 <= len(RESIDENTS) <= 3_600
    assert {family.village for family in COUNTY} == {code for code, _ in villages()}


def test_every_start_makes_the_same_people() -> None:
    assert families(villages()) == COUNTY


def test_every_number_is_valid_says_what_the_person_is_and_belongs_to_one() -> None:
    assert len({resident.number for resident in RESIDENTS}) == len(RESIDENTS)
    for resident in RESIDENTS:
        checked = check_number(resident.number, on=REFERENCE)
        assert checked.valid, resident.number
        assert (checked.birth_date, checked.sex) == (resident.birth_date, resident.sex)
        assert int(resident.number[14:17]) >= 900, "sequence numbers that the register does not hand out"


def test_every_household_has_one_head_who_is_grown_up() -> None:
    for family in COUNTY:
        heads = [resident for resident in family.residents if resident.relation == HEAD]
        assert len(heads) == 1
        assert (REFERENCE - heads[0].birth_date).days > 18 * 365
        assert all(resident.relation in RELATIONS for resident in family.residents)


def test_nobody_is_born_after_the_opening_and_children_are_younger_than_their_parents() -> None:
    assert all(date(1925, 1, 1) < resident.birth_date < REFERENCE for resident in RESIDENTS)
    for family in COUNTY:
        head = next(resident for resident in family.residents if resident.relation == HEAD)
        for resident in family.residents:
            if resident.relation in ("20", "30", "41", "42"):
                assert (resident.birth_date - head.birth_date).days > 16 * 365


def test_sexes_and_ages_look_like_a_county() -> None:
    men = sum(resident.sex == MALE for resident in RESIDENTS) / len(RESIDENTS)
    assert 0.45 < men < 0.55
    ages = [(REFERENCE - resident.birth_date).days / 365.25 for resident in RESIDENTS]
    assert 0.15 < sum(age >= 60 for age in ages) / len(ages) < 0.40
    assert 0.15 < sum(age < 18 for age in ages) / len(ages) < 0.40


def test_tags_are_registrys_own_and_fit_who_carries_them() -> None:
    tags = Counter(tag for resident in RESIDENTS for tag in resident.tags)
    assert {"elder_alone", "left_behind_child", "left_behind_elder", "minimum_living"} <= set(tags)
    for tag in tags:
        require_code(TagFamily.CARE, tag)
    for family in COUNTY:
        for resident in family.residents:
            if "elder_alone" in resident.tags:
                assert len(family.residents) == 1
                assert (REFERENCE - resident.birth_date).days > 60 * 365


def test_two_grids_a_village_cover_its_plot_without_overlap() -> None:
    land = outlines([code for code, _ in villages()])
    assert Counter(plot.code[:12] for plot in land) == {code: len(GRIDS) for code, _ in villages()}
    drawn = [Outline(plot.code, polygon_of(plot.ring)) for plot in land]
    assert first_overlap(drawn, []) is None
    assert first_in_other_town(drawn, []) is None
    assert first_far_away(drawn, {}) is None
    for plot, outline in zip(land, drawn, strict=True):
        assert outline.polygon.contains(Point(plot.middle))
        about = Polygon([(110.6, 22.6), (111.4, 22.6), (111.4, 23.3), (110.6, 23.3)])
        assert outline.polygon.within(about), "about 岑溪"


def test_a_number_and_a_sex_must_agree() -> None:
    assert number_of(date(1990, 3, 7), FEMALE, 2).startswith("45048119900307002")
    with pytest.raises(ValueError, match="disagree"):
        number_of(date(1990, 3, 7), MALE, 2)
