"""Drafts of definitions: what is refused and by which place, two people, versions that open on a day, ends."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from shared.clock import today
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import COUNTY, OFFICER, TREE, ask, figures, value
from tests.indicators.definitions.drafting import (
    AUTHOR,
    REGISTRAR_TOO,
    SECOND,
    a_draft,
    codes_of,
    drafted,
    filled,
    publish,
    published,
    send,
)
from tests.indicators.states import START, VILLAGE, a_person, a_restricted_tag, an_incident, at

COUNTED = "counted"


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        ({"counted": {"noun": "registry.secret"}}, ("counted.noun", "unknown_noun")),
        ({"counted": {"day": ["closed_on"]}}, ("counted.day", "no_day")),
        ({"counted": {"day": []}}, ("counted.day", "day_missing")),
        ({"counted": {"until": ["closed_at"]}}, ("counted.until", "until_of_stock")),
        ({"counted": {"since": "filed_at"}}, ("counted.since", "since_of_duration")),
        ({"counted": {"parts": ["area"]}}, ("counted.parts", "no_part")),
        ({"counted": {"sum": "category"}}, ("counted.sum", "no_number")),
        ({"counted": {"place": "residence"}}, ("counted.place", "no_place")),
        ({"counted": {"ages": {"low": 60}}}, ("counted.ages", "no_ages")),
        ({"counted": {"where": "record.name == 'x'"}}, ("counted.where", "expression_unknown")),
        ({"counted": {"where": "record.severity == 3"}}, ("counted.where", "expression_type")),
        ({"counted": {"where": "record.returns"}}, ("counted.where", "expression_result")),
        ({"counted": {"where": "record.severity =="}}, ("counted.where", "expression_syntax")),
        ({"counted": {"where": "record.status == 'lost'"}}, ("counted.where", "unknown_code")),
        ({"counted": {"where": "record.closed_at > record.filed_at"}}, ("counted.where", "expression_meets_empty")),
        ({"unit": "%", "kind": "ratio"}, ("kind", "made_of_other")),
        ({"percentile": 50}, ("percentile", "percentile_of_percentile")),
        ({"scale": 2}, ("scale", "scale_of_sums")),
        ({"kind": "percentile", "percentile": 50}, ("unit", "unit_of_percentile")),
        ({"counted": None, "part": {"code": "POP-RES", "dimension": "colour:red"}}, ("part.dimension", "no_axis")),
        ({"counted": None, "part": {"code": "NO-SUCH", "dimension": "sex:1"}}, ("part.code", "unknown_indicator")),
        ({"counted": None, "part": {"code": "INC-FILED", "dimension": "severity:urgent"}, "unit": "人"},
         ("kind", "part_of_other")),
    ],
)  # fmt: skip
async def test_what_says_nothing_sensible_is_refused_by_its_place(
    door: Door, changes: dict[str, Any], refused: tuple[str, str]
) -> None:
    answer = await send(door, AUTHOR, "/definition-drafts", a_draft(**changes))
    assert refused in codes_of(answer)
    assert all(one["message"] for one in answer.json()["errors"])


A_RATIO = {"kind": "ratio", "unit": "%", "counted": None}
A_SUM = {"kind": "composite", "counted": None}


@pytest.mark.parametrize(
    ("changes", "refused"),
    [
        (A_RATIO | {"share": {"numerator": "INC-FILED", "denominator": "POP-RES"}},
         ("share.denominator", "indicator_units_differ")),
        (A_RATIO | {"share": {"numerator": "INC-OPEN", "denominator": "INC-FILED"}},
         ("share.numerator", "indicator_kinds_mixed")),
        (A_RATIO | {"share": {"numerator": "VISIT-RATE", "denominator": "VISIT-DUE"}},
         ("share.numerator", "indicator_not_additive")),
        (A_RATIO | {"share": {"numerator": "INC-CHECKED", "denominator": "INC-DISPATCHED"}},
         ("share.numerator", "numerator_outside")),
        (A_RATIO | {"unit": "件", "share": {"numerator": "INC-DUE", "denominator": "INC-DUE"}},
         ("unit", "unit_of_ratio")),
        (A_RATIO | {"share": {"numerator": "X-URGENT", "denominator": "INC-FILED"}},
         ("share.numerator", "unknown_indicator")),
        (A_SUM | {"terms": [{"code": "BIRTHS"}, {"code": "INC-FILED"}]}, ("terms.0.code", "indicator_units_differ")),
        (A_SUM | {"terms": [{"code": "INC-OPEN"}, {"code": "INC-FILED"}]}, ("terms.0.code", "indicator_kinds_mixed")),
        (A_SUM | {"terms": [{"code": "INC-FILED"}]}, ("terms", "terms_few")),
        (A_SUM | {"terms": [{"code": "INC-FILED"}, {"code": "INC-DUE", "factor": 0}]}, ("terms", "factor_zero")),
        (A_SUM | {"unit": "天", "terms": [{"code": "INC-DAYS-P90"}, {"code": "INC-DAYS-MEDIAN"}]},
         ("terms.0.code", "indicator_not_additive")),
    ],
)  # fmt: skip
async def test_indicators_that_do_not_go_together_are_refused(
    door: Door, changes: dict[str, Any], refused: tuple[str, str]
) -> None:
    assert refused in codes_of(await send(door, AUTHOR, "/definition-drafts", a_draft(**changes)))


async def test_a_cycle_is_refused_by_name(door: Door, committed: Database) -> None:
    one = {"code": "X-ONE", "kind": "composite", "counted": None, "terms": [{"code": "INC-FILED"}, {"code": "INC-DUE"}]}
    await published(door, committed, a_draft(**one))
    two = one | {"code": "X-TWO", "terms": [{"code": "X-ONE"}, {"code": "INC-DUE"}]}
    await published(door, committed, a_draft(**two))
    answer = await send(
        door, AUTHOR, "/definition-drafts", a_draft(**(one | {"terms": [{"code": "X-TWO"}, {"code": "INC-DUE"}]}))
    )
    assert ("code", "indicator_cycle") in codes_of(answer)
    assert "X-ONE → X-TWO → X-ONE" in answer.text
    itself = a_draft(**(one | {"terms": [{"code": "X-ONE"}, {"code": "INC-DUE"}]}))
    assert "X-ONE → X-ONE" in (await send(door, AUTHOR, "/definition-drafts", itself)).text


def a_composite(code: str, *terms: tuple[str, int], unit: str = "件") -> dict[str, Any]:
    made = [{"code": one, "factor": factor} for one, factor in terms]
    return a_draft(code=code, kind="composite", unit=unit, counted=None, terms=made)


async def test_what_rests_on_others_in_many_storeys_is_refused_before_it_fails_or_never_ends(
    door: Door, committed: Database
) -> None:
    """Twenty terms in each storey, all the same: as many measures in each as in the first."""
    below = "INC-FILED"
    for storey in range(12):
        await published(door, committed, a_composite(f"X-{storey}", *[(below, 1), (below, -1)] * 9, (below, 1)))
        below = f"X-{storey}"
    one_more = await send(door, AUTHOR, "/definition-drafts", a_composite("X-MORE", (below, 1), ("INC-DUE", 1)))
    assert ("code", "indicator_too_deep") in codes_of(one_more)
    beneath = a_composite("X-0", ("X-URGENT", 1), ("INC-DUE", 1))
    await published(door, committed, a_composite("X-URGENT", ("INC-FILED", 1), ("INC-DUE", 1)))
    assert ("code", "indicator_too_deep") in codes_of(await send(door, AUTHOR, "/definition-drafts", beneath))
    assert (await ask(door, AUTHOR, "/definitions")).status_code == 200
    assert (await ask(door, AUTHOR, area=COUNTY, code=below)).status_code == 200


async def test_factors_do_not_multiply_beyond_what_a_value_may_be(door: Door, committed: Database) -> None:
    await published(door, committed, a_composite("X-1", ("INC-FILED", 1000), ("INC-DUE", 1)))
    await published(door, committed, a_composite("X-2", ("X-1", 1000), ("INC-DUE", 1)))
    more = await send(door, AUTHOR, "/definition-drafts", a_composite("X-3", ("X-2", 1000), ("INC-DUE", 1)))
    assert codes_of(more) == {("terms", "factors_too_large")}


async def test_people_are_not_multiplied_until_a_small_count_is_told(door: Door, committed: Database) -> None:
    """Five times three is told as fifteen; three beside 5,000 as 5,005: both would say how many there are."""
    few = a_draft(
        code="X-FEW",
        kind="stock",
        unit="人",
        counted={"noun": "registry.person", "day": [], "where": "record.sex == '1'"},
    )
    more = few | {"code": "X-MORE"}
    await published(door, committed, few)
    await published(door, committed, more)
    for terms in ([("X-FEW", 5), ("X-MORE", 1)], [("X-FEW", 1)] * 5, [("X-FEW", 1), ("POP-RES", 1)]):
        refused = await send(door, AUTHOR, "/definition-drafts", a_composite("X-SUM", *terms, unit="人"))
        assert codes_of(refused) == {("terms", "people_many_times")}, terms
    await published(door, committed, a_composite("X-BOTH", ("X-FEW", 1), ("X-MORE", 1), unit="人"))
    around = await send(
        door, AUTHOR, "/definition-drafts", a_composite("X-SUM", ("X-BOTH", 1), ("X-FEW", 1), unit="人")
    )
    assert codes_of(around) == {("terms", "people_many_times")}


async def test_an_indicator_stays_what_it_is_through_all_its_versions(door: Door) -> None:
    other = a_draft(code="INC-FILED", kind="stock", unit="次", counted={"day": ["filed_at"]})
    assert codes_of(await send(door, AUTHOR, "/definition-drafts", other)) == {
        *(("kind", "nature_changes"), ("unit", "nature_changes"))
    }


async def test_two_people_make_a_definition(door: Door, committed: Database) -> None:
    await drafted(door, a_draft())
    again = await send(door, SECOND, "/definition-drafts", a_draft())
    assert (again.status_code, again.json()["code"]) == (409, "definition_draft_exists")
    own = await publish(door, "X-URGENT", AUTHOR)
    assert (own.status_code, own.json()["code"]) == (403, "definition_by_same_person")
    changed = await send(
        door, SECOND, "/definition-drafts/X-URGENT/redraft", a_draft(name="紧急件"), **{"If-Match": '"1"'}
    )
    assert changed.status_code == 200, changed.text
    for hand in (AUTHOR, SECOND):
        refused = await publish(door, "X-URGENT", hand, version=2)
        assert refused.json()["code"] == "definition_by_same_person"
    stale = await publish(door, "X-URGENT", REGISTRAR_TOO, version=1)
    assert stale.status_code == 412
    done = await publish(door, "X-URGENT", REGISTRAR_TOO, version=2)
    assert done.status_code == 200
    (version,) = done.json()["items"]
    assert (version["drafted_by"], version["published_by"], version["opens_on"]) == ("u-second", "u-registrar", None)
    assert (await ask(door, AUTHOR, "/definition-drafts/X-URGENT")).status_code == 404
    listed = await ask(door, OFFICER, "/definitions/X-URGENT/versions")
    assert listed.json() == done.json()


async def test_of_two_who_publish_at_once_one_does(door: Door, committed: Database) -> None:
    await drafted(door, a_draft())
    answers = await asyncio.gather(*(publish(door, "X-URGENT", one) for one in (SECOND, REGISTRAR_TOO)))
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    assert len((await ask(door, OFFICER, "/definitions/X-URGENT/versions")).json()["items"]) == 1


async def test_a_draft_is_thrown_away_and_listed(door: Door) -> None:
    await drafted(door, a_draft())
    await drafted(door, a_draft(code="X-OTHER"))
    page = (await ask(door, AUTHOR, "/definition-drafts", limit=1)).json()
    rest = (await ask(door, AUTHOR, "/definition-drafts", limit=1, cursor=page["next_cursor"])).json()
    assert [one["code"] for one in (*page["items"], *rest["items"])] == ["X-OTHER", "X-URGENT"]
    gone = await send(door, SECOND, "/definition-drafts/X-URGENT/discard")
    assert gone.json()["content"]["name"] == "紧急事件"
    assert (await publish(door, "X-URGENT")).status_code == 404


async def test_who_may_not_see_restricted_tags_defines_no_figure_of_them(door: Door, committed: Database) -> None:
    counted = {"noun": "registry.restricted_tag", "day": ["started_on"], "where": None}
    draft = a_draft(code="X-TAGS", unit="人次", counted=counted)
    refused = await send(door, AUTHOR, "/definition-drafts", draft)
    assert (refused.status_code, refused.json()["code"]) == (403, "definition_counts_more")
    part = a_draft(
        code="X-PART",
        unit="人次",
        kind="stock",
        counted=None,
        part={"code": "TAG-RESTRICTED", "dimension": "tag:drug_user"},
    )
    assert (await send(door, AUTHOR, "/definition-drafts", part)).json()["code"] == "definition_counts_more"
    registrar = a_principal("county_registrar", COUNTY, "u-3")
    await drafted(door, draft, registrar)
    assert (await publish(door, "X-TAGS", SECOND)).json()["code"] == "definition_counts_more"
    assert (await publish(door, "X-TAGS", REGISTRAR_TOO)).status_code == 200
    assert "X-TAGS" not in (await ask(door, OFFICER, "/definitions", area=COUNTY)).text


async def test_a_new_version_opens_on_its_day_and_the_past_keeps_the_old_one(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(
        *TREE,
        an_incident(1, severity="urgent", filed_at=at(START)),
        an_incident(2, severity="serious", filed_at=at(START)),
    )
    await published(door, committed, a_draft())
    opens = today(clock) + timedelta(days=10)
    await published(
        door,
        committed,
        a_draft(opens_on=opens.isoformat(), counted={"where": "record.severity in ['urgent', 'serious']"}),
    )
    later = at(opens + timedelta(days=1))
    await arrivals.take(
        an_incident(3, severity="serious", filed_at=later), an_incident(4, severity="urgent", filed_at=later)
    )
    before = (opens - timedelta(days=1)).isoformat()
    until = (opens + timedelta(days=1)).isoformat()
    old = (await figures(door, COUNTY, code="X-URGENT", since=START.isoformat(), as_of=before))["X-URGENT"]
    assert (old["value"], old["definition_version"], old["definition_versions"]) == (1, 1, [1])
    # each day by the version of that day: the urgent one of before, and both of after
    both = (await figures(door, COUNTY, code="X-URGENT", since=START.isoformat(), as_of=until))["X-URGENT"]
    assert (both["value"], both["definition_version"], both["definition_versions"]) == (3, 2, [1, 2])
    series = (
        await ask(door, OFFICER, "/series", area=COUNTY, code="X-URGENT", since=START.isoformat(), until=until)
    ).json()
    days = {day["day"]: (day["value"], day["definition_version"]) for day in series["days"]}
    assert (days[START.isoformat()], days[before], days[until]) == ((1, 1), (0, 1), (2, 2))


async def test_a_version_does_not_open_in_the_past(door: Door, committed: Database, clock: FrozenClock) -> None:
    await published(door, committed, a_draft())
    past = a_draft(opens_on=(today(clock) - timedelta(days=1)).isoformat())
    refused = await send(door, AUTHOR, "/definition-drafts", past)
    assert (refused.status_code, refused.json()["code"]) == (422, "definition_opens_in_the_past")
    later = today(clock) + timedelta(days=30)
    await published(door, committed, a_draft(opens_on=later.isoformat()))
    earlier = a_draft(opens_on=(later - timedelta(days=1)).isoformat())
    assert (await send(door, AUTHOR, "/definition-drafts", earlier)).json()["code"] == "definition_opens_in_the_past"


async def test_before_its_first_day_an_indicator_has_no_figure(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(*TREE, an_incident(1, severity="urgent"))
    opens = today(clock) + timedelta(days=5)
    await published(door, committed, a_draft(opens_on=opens.isoformat()))
    assert await value(door, COUNTY, "X-URGENT") is None
    assert "X-URGENT" not in (await ask(door, OFFICER, "/definitions")).text
    assert "X-URGENT" not in await figures(door, COUNTY)
    assert await value(door, COUNTY, "X-URGENT", as_of=opens, since=opens) == 0


async def test_a_definition_ends_and_goes_on_again(
    door: Door, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(*TREE, an_incident(1, severity="urgent"))
    await published(door, committed, a_draft())
    rest = a_draft(code="X-SHARE", kind="ratio", unit="%", counted=None)
    await published(door, committed, rest | {"share": {"numerator": "X-URGENT", "denominator": "INC-FILED"}})
    day = {"ends_on": today(clock).isoformat()}
    used = await send(door, SECOND, "/definitions/X-URGENT/end", day)
    assert (used.status_code, used.json()["code"]) == (409, "definition_in_use")
    assert "X-SHARE" in used.text
    for code in ("X-SHARE", "X-URGENT"):
        assert (await send(door, SECOND, f"/definitions/{code}/end", day)).status_code == 200
    assert await value(door, COUNTY, "X-URGENT", since=today(clock)) is None
    assert "X-URGENT" not in await figures(door, COUNTY)
    yesterday = today(clock) - timedelta(days=1)
    assert await value(door, COUNTY, "X-URGENT", since=START, as_of=yesterday) == 1
    assert (await send(door, SECOND, "/definitions/X-URGENT/end", day)).json()["code"] == "definition_over"
    past = {"ends_on": yesterday.isoformat()}
    assert (await send(door, SECOND, "/definitions/INC-FILED/end", past)).json()[
        "code"
    ] == "definition_opens_in_the_past"
    assert (await send(door, SECOND, "/definitions/X-URGENT/resume")).status_code == 200
    assert await value(door, COUNTY, "X-URGENT", since=START) == 1
    assert (await send(door, SECOND, "/definitions/X-URGENT/resume")).json()["code"] == "definition_over"
    assert (await send(door, SECOND, "/definitions/grid.disputes.mediated/end", day)).status_code == 404


async def test_figures_that_a_county_defines_of_people_are_told_roughly_and_small_ones_not_at_all(
    door: Door, arrivals: Arrivals, committed: Database
) -> None:
    await arrivals.take(*TREE, *(a_person(number, ethnic_group="44") for number in range(1, 8)), a_restricted_tag(1))
    people = a_draft(
        code="X-MINORITY", kind="stock", unit="人",
        counted={"noun": "registry.person", "day": [], "where": "record.ethnic_group == '44'"},
    )  # fmt: skip
    await published(door, committed, people)
    (figure,) = (await figures(door, VILLAGE, code="X-MINORITY")).values()
    assert (figure["value"], figure["rounded"]) == (7, False)  # to who reads the register
    (figure,) = (await figures(door, VILLAGE, a_principal("assessor", COUNTY), code="X-MINORITY")).values()
    assert (figure["value"], figure["rounded"]) == (5, True)  # to the nearest five
    await arrivals.take(*(a_person(number, ethnic_group="01", version=2) for number in range(1, 5)))
    (figure,) = (await figures(door, VILLAGE, code="X-MINORITY")).values()
    assert (figure["value"], figure["hidden"]) == (None, True)
    assert await filled(committed) == 1
