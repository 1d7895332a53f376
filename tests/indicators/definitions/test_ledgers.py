"""Ledgers become indicators: what they measure is counted from their records without anybody typing it again."""

from datetime import date
from typing import Any

from shared.auth.principal import Principal
from shared.ledgers.grammar.definition import Definition
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import CLERK, COUNTY, OFFICER, REGISTRAR, TOWN, TREE, ask, by_code, counts, figures, value
from tests.indicators.ledgers import (
    COMMON_FUND,
    DISPUTES,
    FUND,
    SEEKERS,
    SEEKING,
    STANDING,
    a_ledger,
    a_posting,
    a_record,
    a_seeker,
    a_version,
    definition,
)
from tests.indicators.states import GRID, OTHER_VILLAGE, VILLAGE

ASSESSOR, AGENT = a_principal("assessor", COUNTY), a_principal("agent", COUNTY)
LEVELS = (GRID, VILLAGE, TOWN, COUNTY)


async def test_a_ledgers_measure_is_an_indicator_with_its_meaning_in_words(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger())
    answer = await ask(door, OFFICER, "/definitions", area=COUNTY)
    found = {one["code"]: one for one in answer.json()["items"]}
    one = found["grid.disputes.registered"]
    assert (one["name"], one["kind"], one["axes"], one["version"]) == ("受理纠纷数", "flow", ["kind"], 1)
    assert one["meaning"] == "当期发现并登记的矛盾纠纷件数（不含不予受理）"
    assert found["grid.disputes.success"]["kind"] == "ratio"


async def test_records_count_at_every_level_and_rates_are_rates_of_sums(door: Door, arrivals: Arrivals) -> None:
    refused = a_record(3, outcome="refused", area=VILLAGE)
    await arrivals.take(*TREE, a_ledger(), a_record(1), a_record(2), refused, a_record(4, area=OTHER_VILLAGE))
    found = [await counts(door, area, "grid.disputes.success", as_of="2026-11-30") for area in LEVELS]
    assert found == [(2, 2, "100.00"), (2, 3, "66.67"), (2, 3, "66.67"), (3, 4, "75.00")]


async def test_a_rate_of_stocks_is_one_of_what_there_is_on_the_day(door: Door, arrivals: Arrivals) -> None:
    """Found last year, they are there this year too: the same on one day as in a series."""
    code = "grid.disputes.land_rate"
    standing: dict[str, Any] = {"of": STANDING, "status": "mediating", "found_on": "2025-12-01"}
    others = a_record(2, kind="neighbours", **standing), a_record(3, **standing | {"status": "closed"})
    await arrivals.take(*TREE, a_ledger(STANDING), a_record(1, **standing), *others)
    for version in (2, 3):
        await arrivals.take(a_ledger(STANDING, version=version))
    assert await counts(door, TOWN, code, since="2026-03-01", as_of="2026-11-09") == (2, 3, "66.67")
    assert await counts(door, TOWN, code, since="2026-11-30", as_of="2026-11-30") == (1, 2, "50.00")
    series = {"code": code, "since": "2026-11-09", "until": "2026-11-10", "area": TOWN}
    days = (await ask(door, OFFICER, "/series", **series)).json()["days"]
    assert [(day["numerator"], day["denominator"]) for day in days] == [(2, 3), (1, 2)]
    items = (await ask(door, OFFICER, "/definitions", area=COUNTY)).json()["items"]
    assert {one["version"] for one in items if one["code"] == code} == {1}, "its meaning is the same"


async def test_a_record_that_goes_on_changes_its_figures(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(), a_record(status="mediating", outcome=None))
    assert await value(door, TOWN, "grid.disputes.open", as_of="2026-11-30") == 1
    await arrivals.take(a_record(version=2))
    assert await value(door, TOWN, "grid.disputes.open", as_of="2026-11-30") == 0
    assert await value(door, TOWN, "grid.disputes.open", as_of="2026-11-09") == 1
    assert await value(door, TOWN, "grid.disputes.mediated", as_of="2026-11-30") == 1


async def test_records_that_come_before_their_ledger_are_counted_all_the_same(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_record())
    await arrivals.take(a_ledger())
    assert await value(door, COUNTY, "grid.disputes.registered", as_of="2026-11-30") == 1


async def test_a_part_is_asked_for_by_its_axis(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(), a_record(1), a_record(2, kind="wages"))
    code = "grid.disputes.registered"
    assert await value(door, COUNTY, code, as_of="2026-11-30", dimension="kind:wages") == 1
    assert await value(door, COUNTY, code, as_of="2026-11-30", dimension="kind:medical") == 0
    refused = await ask(door, OFFICER, area=COUNTY, code="grid.disputes.open", dimension="kind:wages")
    assert (refused.status_code, refused.json()["code"]) == (422, "indicator_has_no_such_axis")
    every = await ask(door, OFFICER, area=COUNTY, dimension="kind:wages", as_of="2026-11-30")
    assert by_code(every.json()["values"]).keys() == {
        "grid.disputes.registered",
        *(one for one in by_code(every.json()["values"]) if not one.startswith("grid.")),
    }


async def test_a_changed_meaning_is_a_new_version_and_an_unchanged_one_is_not(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger())
    measures = [one.model_dump(mode="json") for one in DISPUTES.measures]
    measures[0]["meaning"] = "当期登记的矛盾纠纷件数，含口头受理"
    second = definition("services/grid/ledgers/disputes.yaml", measures=measures[:2])
    await arrivals.take(a_ledger(version=2, published_version=2, versions=(a_version(DISPUTES), a_version(second, 2))))
    items = (await ask(door, OFFICER, "/definitions", area=COUNTY)).json()["items"]
    found = {one["code"]: (one["version"], one["retired"]) for one in items if one["code"].startswith("grid.disputes")}
    assert found == {
        "grid.disputes.registered": (2, False),
        "grid.disputes.mediated": (1, False),
        "grid.disputes.open": (1, True),
        "grid.disputes.success": (1, False),
    }


async def test_a_retired_ledger_keeps_its_past(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(), a_record())
    await arrivals.take(a_ledger(version=2, status="retired", retired_on=date(2026, 11, 20)))
    items = (await ask(door, OFFICER, "/definitions", area=COUNTY)).json()["items"]
    assert {one["retired"] for one in items if one["code"].startswith("grid.disputes")} == {True}
    assert await value(door, COUNTY, "grid.disputes.registered", as_of="2026-11-30") == 1


async def test_small_counts_of_a_ledger_about_people_are_told_to_nobody(door: Door, arrivals: Arrivals) -> None:
    few = [a_seeker(number) for number in range(1, 5)]
    await arrivals.take(*TREE, a_ledger(SEEKERS, travels_on="records_restricted"), *few)
    for caller in (OFFICER, REGISTRAR):
        found = await figures(door, COUNTY, caller, code="registry.job_seekers.registered")
        one = found["registry.job_seekers.registered"]
        assert (one["value"], one["hidden"]) == (None, True)
    await arrivals.take(a_seeker(5))
    assert await value(door, COUNTY, "registry.job_seekers.registered") == 5


async def test_a_small_part_is_not_worked_out_from_the_others(door: Door, arrivals: Arrivals) -> None:
    """Seven in one village and two in another: the county says nine, so that neither is told."""
    people = [a_seeker(number) for number in range(1, 8)] + [a_seeker(number, OTHER_VILLAGE) for number in (8, 9)]
    await arrivals.take(*TREE, a_ledger(SEEKERS, travels_on="records_restricted"), *people)
    code = "registry.job_seekers.registered"
    answer = (await ask(door, OFFICER, area=COUNTY, code=code, breakdown="children")).json()
    assert answer["values"][0]["value"] == 9
    assert [area["values"][0]["hidden"] for area in answer["children"]] == [True, True]
    assert [area["values"][0]["value"] for area in answer["children"]] == [None, None]


async def test_a_days_flow_of_one_person_is_hidden_in_a_series(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(SEEKERS, travels_on="records_restricted"), a_seeker(1))
    series = {"code": "registry.job_seekers.registered", "since": "2026-03-01", "until": "2026-03-03"}
    days = (await ask(door, OFFICER, "/series", area=COUNTY, **series)).json()["days"]
    assert [(day["value"], day["hidden"]) for day in days] == [(0, False), (None, True), (0, False)]


async def test_figures_of_a_ledger_for_few_are_for_few(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(figures_for_few=True), a_record())
    refused = await ask(door, OFFICER, area=COUNTY, code="grid.disputes.registered")
    assert refused.status_code == 404
    assert await value(door, COUNTY, "grid.disputes.registered", REGISTRAR, as_of="2026-11-30") == 1


async def test_postings_are_flows_of_their_days_and_balances_are_stocks(door: Door, arrivals: Arrivals) -> None:
    early, late = date(2026, 11, 3), date(2026, 11, 20)
    await arrivals.take(
        *TREE,
        a_ledger(COMMON_FUND),
        a_posting(1, "donate", 50_000, day=early),
        a_posting(2, "donate", 20_000, day=early, area=OTHER_VILLAGE),
        a_posting(3, "relieve", 30_000, day=late),
        a_posting(4, "relieve", 8_000, day=late),
        a_posting(5, "relieve", 8_000, day=date(2026, 11, 21), reverses=4),
    )
    items = (await ask(door, OFFICER, "/definitions", area=COUNTY)).json()["items"]
    found = {one["code"]: (one["kind"], one["unit"]) for one in items if one["code"].startswith("grid.relief_fund")}
    assert found["grid.relief_fund.donated"] == ("flow", "分")
    assert found["grid.relief_fund.fund"] == ("stock", "分")

    async def told(code: str, area: str, as_of: str) -> int | None:
        one: int | None = await value(door, area, f"grid.relief_fund.{code}", as_of=as_of)
        return one

    for area, amounts in (
        (COUNTY, (70_000, 32_000, 40_000)),
        (TOWN, (50_000, 12_000, 20_000)),
        (VILLAGE, (50_000, 12_000, 20_000)),
    ):
        stocks = [await told("fund", area, day) for day in ("2026-11-19", "2026-11-20", "2026-11-21")]
        assert stocks == [amounts[0], amounts[1], amounts[2]], area
    assert await told("donated", COUNTY, "2026-11-30") == 70_000
    assert await told("relieved", COUNTY, "2026-11-30") == 30_000
    assert await told("donated", OTHER_VILLAGE, "2026-11-30") == 20_000


def a_village(of: Definition = SEEKERS) -> list[Any]:
    """Six people who were registered on one day, and one on the next."""
    return [a_seeker(number, registered_on=f"2026-03-0{2 if number < 7 else 3}", of=of) for number in range(1, 8)]


async def told(door: Door, caller: Principal, code: str, **query: str) -> list[tuple[int | None, bool]]:
    """What somebody is told of the village on two days that follow each other, over the whole and by its series."""
    days = ("2026-03-02", "2026-03-03")
    found = [(await figures(door, VILLAGE, caller, code=code, as_of=day, **query))[code] for day in days]
    return [(one["value"], one["rounded"]) for one in found]


async def test_from_two_days_nobody_who_may_not_read_the_records_works_out_one_person(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, a_ledger(SEEKERS, travels_on="records_restricted"), *a_village())
    code = "registry.job_seekers.registered"
    for caller in (OFFICER, CLERK, REGISTRAR):
        assert await told(door, caller, code) == [(6, False), (7, False)]
    of_a_department = a_principal("department_officer", COUNTY)
    for caller in (ASSESSOR, AGENT, of_a_department):
        assert await told(door, caller, code) == [(5, True), (5, True)]
        answer = (await ask(door, caller, area=TOWN, code=code, breakdown="children", as_of="2026-03-03")).json()
        for area in (answer, *answer["children"], answer["own"]):
            assert [one["value"] for one in area["values"]] in ([0], [5]), area
    open_ones = (await figures(door, VILLAGE, ASSESSOR, as_of="2026-03-03"))["POP-RES"]
    assert not open_ones["rounded"]


async def test_a_series_of_a_stock_tells_no_single_person_either(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(SEEKING, travels_on="records_restricted"), *a_village(SEEKING))
    stock = "registry.job_seekers.seeking"
    series = {"code": stock, "since": "2026-03-02", "until": "2026-03-03", "area": VILLAGE}
    exact, rounded = [
        [(day["value"], day["rounded"]) for day in (await ask(door, caller, "/series", **series)).json()["days"]]
        for caller in (OFFICER, ASSESSOR)
    ]
    assert exact == [(6, False), (7, False)]
    assert rounded == [(5, True), (5, True)]


async def test_as_long_as_a_ledger_does_not_say_who_reads_it_nobody_is_told_exactly(
    door: Door, arrivals: Arrivals
) -> None:
    """One that was announced before this was told, or by a service that knows more permissions."""
    code = "registry.job_seekers.registered"
    for version, read_by in enumerate((None, "record.unheard_of", "tag.restricted", "record.read"), start=1):
        ledger = a_ledger(SEEKERS, travels_on="records_restricted", version=version, read_by=read_by)
        await arrivals.take(*TREE, ledger, *(a_village() if version == 1 else ()))
        assert await told(door, OFFICER, code) == ([(6, False), (7, False)] if version == 4 else [(5, True)] * 2)
    items = (await ask(door, OFFICER, "/definitions", area=COUNTY)).json()["items"]
    assert {one["version"] for one in items if one["code"] == code} == {1}, "its meaning is the same"


async def test_a_sum_tells_roughly_what_was_given_to_whoever_may_not_read_it(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(FUND, travels_on="records_restricted"))
    await arrivals.take(*(a_posting(number, "donate", 50_000, day=date(2026, 3, 2)) for number in range(1, 7)))
    await arrivals.take(a_posting(7, "donate", 1_234, day=date(2026, 3, 3)))
    assert await told(door, OFFICER, "grid.relief_fund.donated") == [(300_000, False), (301_234, False)]
    assert await told(door, ASSESSOR, "grid.relief_fund.donated") == [(500_000, True)] * 2


async def test_a_ledger_that_names_people_in_a_field_hides_few_as_one_about_people(
    door: Door, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, a_ledger(travels_on="records_restricted"), a_record())
    one = (await figures(door, COUNTY, code="grid.disputes.registered", as_of="2026-11-30"))["grid.disputes.registered"]
    assert (one["value"], one["hidden"], one["rounded"]) == (None, True, False)


async def test_a_sum_of_few_postings_about_people_is_told_to_nobody(door: Door, arrivals: Arrivals) -> None:
    """However large it is: one household's relief would be its village's. Nor is it worked out from the others."""
    await arrivals.take(*TREE, a_ledger(FUND, travels_on="records_restricted"))
    await arrivals.take(*(a_posting(number, "donate", 50_000) for number in range(1, 5)))
    code = "grid.relief_fund.donated"
    for caller in (OFFICER, REGISTRAR):
        one = (await figures(door, COUNTY, caller, code=code, as_of="2026-11-30"))[code]
        assert (one["value"], one["hidden"]) == (None, True)
    series = {"code": code, "since": "2026-11-02", "until": "2026-11-03"}
    days = (await ask(door, OFFICER, "/series", area=COUNTY, **series)).json()["days"]
    assert [(day["value"], day["hidden"]) for day in days] == [(0, False), (None, True)]
    await arrivals.take(a_posting(5, "donate", 50_000), a_posting(6, "donate", 90_000, area=OTHER_VILLAGE))
    answer = (await ask(door, OFFICER, area=COUNTY, code=code, as_of="2026-11-30", breakdown="children")).json()
    assert answer["values"][0]["value"] == 340_000
    assert [area["values"][0]["value"] for area in answer["children"]] == [None, None]


async def test_a_sum_of_few_postings_at_an_areas_own_level_is_told_to_nobody(door: Door, arrivals: Arrivals) -> None:
    """What the town holds and none of its villages does is one donation."""
    await arrivals.take(*TREE, a_ledger(FUND, travels_on="records_restricted"))
    await arrivals.take(*(a_posting(number, "donate", 50_000) for number in range(1, 7)))
    await arrivals.take(a_posting(7, "donate", 90_000, area=TOWN))
    code = "grid.relief_fund.donated"
    answer = (await ask(door, OFFICER, area=TOWN, code=code, as_of="2026-11-30", breakdown="children")).json()
    assert answer["values"][0]["value"] == 390_000
    assert [one["value"] for one in answer["own"]["values"]] == [None]
    assert [area["values"][0]["value"] for area in answer["children"] if area["area"] == VILLAGE] == [None]


async def test_what_was_taken_back_does_not_tell_of_one(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(FUND, travels_on="records_restricted"))
    await arrivals.take(a_posting(1, "donate", 50_000), a_posting(2, "donate", 50_000, reverses=1))
    one = (await figures(door, COUNTY, code="grid.relief_fund.donated", as_of="2026-11-30"))["grid.relief_fund.donated"]
    assert (one["value"], one["hidden"]) == (None, True)


async def test_a_posting_that_comes_twice_counts_once(door: Door, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_ledger(COMMON_FUND), a_posting(1, "donate", 50_000))
    await arrivals.take(a_posting(1, "donate", 50_000), revision=1)
    assert await value(door, COUNTY, "grid.relief_fund.fund", as_of="2026-11-30") == 50_000
