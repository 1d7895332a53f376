"""The review: step by step, from place to place with hand-overs, and the consent of departments beside it."""

from asyncio import gather
from typing import Any

from shared.auth.principal import Grant, Principal
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.cases.whole import ACCEPTED, TOWN, Whole
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NOT_FOUND,
    OTHER_VILLAGE,
    VILLAGE,
    Submit,
    an_area,
    publish_item,
    refusal,
)

TOWN_OFFICER = a_principal("town_officer", TOWN)
HEALTH = Principal("health", (Grant("department_officer", "450481", "health"),))
HEALTH_OF_THE_TOWN = Principal("town health", (Grant("department_officer", TOWN, "health"),))
INSURANCE = Principal("insurance", (Grant("department_officer", "450481", "medical_insurance"),))
ELSEWHERE = (409, "case_held_elsewhere")


async def test_a_case_goes_from_the_village_to_the_county_and_each_hand_over_names_both_sides(
    whole: Whole, clock: FrozenClock
) -> None:
    case = await whole.bring("submitted", who=CLERK)
    case = await whole.do(case, *ACCEPTED, "begin-review", who=CLERK)
    assert (case["status"], case["step"], case["step_due_on"], case["held_area"]) == (
        "in_review", 1, "2026-03-19", None,
    )  # fmt: skip
    sent = (await whole.read(case))["sent"]
    assert (sent["from_area"], sent["area"], sent["sent_by"], sent["reason"]) == (
        VILLAGE, TOWN, CLERK.subject, "next_step",
    )  # fmt: skip
    assert refusal(await whole.ask(case, "take", CLERK))[:2] == ELSEWHERE
    assert refusal(await whole.ask(case, "pass", TOWN_OFFICER))[:2] == (409, "case_on_its_way")
    clock.advance(hours=2)
    case = await whole.do(case, "take", who=TOWN_OFFICER)
    assert refusal(await whole.ask(case, "pass", CLERK))[:2] == ELSEWHERE
    case = await whole.do(case, "pass", who=TOWN_OFFICER)
    assert (case["step"], case["step_due_on"], case["held_area"]) == (2, "2026-03-23", TOWN)
    assert refusal(await whole.ask(case, "decide", TOWN_OFFICER))[:2] == (409, "case_on_its_way")
    case = await whole.do(case, "take", "decide")
    shown = await whole.read(case, CLERK)
    officer = COUNTY_OFFICER.subject
    assert [
        (one["from_area"], one["area"], one["sent_by"], one["taken_by"], one["taken_at"]) for one in shown["handovers"]
    ] == [
        (VILLAGE, TOWN, CLERK.subject, TOWN_OFFICER.subject, "2026-03-16T12:00:00+08:00"),
        (TOWN, "450481", TOWN_OFFICER.subject, officer, "2026-03-16T12:00:00+08:00"),
    ]
    assert (shown["held_area"], shown["held_department"], shown["granted"]) == ("450481", "civil_affairs", True)
    delivered = await whole.do(case, "close", "deliver", "archive", who=CLERK)  # at the counter where it began
    assert (delivered["status"], delivered["retention"]) == ("archived", "years_10")


async def test_a_case_is_decided_at_its_last_step_alone(whole: Whole) -> None:
    accepted = await whole.bring("accepted")
    assert refusal(await whole.ask(accepted, "decide"))[:2] == (409, "case_steps_remain")
    reviewed = await whole.do(accepted, "begin-review", "take")
    assert refusal(await whole.ask(reviewed, "decide"))[:2] == (409, "case_steps_remain")
    last = await whole.do(reviewed, "pass", "take")
    assert refusal(await whole.ask(last, "pass"))[:2] == (409, "case_steps_remain")
    assert (await whole.do(last, "decide"))["status"] == "decided"


async def test_what_is_decided_at_once_has_no_review(whole: Whole, door: Door, submit: Submit) -> None:
    item = await publish_item(door, "AT-ONCE", promised_days=0, handling_mode="at_once")
    case = await whole.do(await submit(item_id=item), "receive", "accept")
    assert refusal(await whole.ask(case, "begin-review"))[:2] == (409, "case_steps_remain")
    assert case["due_on"] == "2026-03-16"
    assert (await whole.do(case, "decide"))["status"] == "decided"


async def test_what_is_sent_back_goes_to_its_place_with_marks_which_go_when_it_comes_again(whole: Whole) -> None:
    case = await whole.do(await whole.bring("in_review"), "pass", "take")
    marks = [{"material": 2, "problem": "out_of_date"}, {"form_entry": "income", "problem": "inconsistent"}]
    for to, code, path in ((2, "case_steps_remain", "to_step"), (3, "case_steps_remain", "to_step")):
        answer = await whole.ask(case, "send-back", to_step=to, marks=marks)
        assert (refusal(answer)[:2], answer.json()["errors"][0]["path"]) == ((409, code), path)
    answer = await whole.ask(case, "send-back", to_step=0, marks=[marks[1], {"material": 4, "problem": "incomplete"}])
    assert answer.json()["errors"][0]["path"] == "marks.1.material"
    case = await whole.do(case, ("send-back", {"to_step": 1, "marks": marks}))
    shown = await whole.read(case)
    assert (shown["step"], shown["returns"], shown["sent"]["area"]) == (1, 1, TOWN)
    assert [(one["material"], one["form_entry"], one["problem"]) for one in shown["marks"]] == [
        (2, None, "out_of_date"), (None, "income", "inconsistent"),
    ]  # fmt: skip
    case = await whole.do(case, "take", ("send-back", {"to_step": 0, "marks": marks}), "take")
    assert (case["status"], case["step"], case["held_area"], case["returns"]) == ("accepted", None, None, 2)
    assert case["due_on"] == "2026-03-30"
    case = await whole.do(case, "begin-review")
    assert (await whole.read(case))["marks"] == []


async def test_a_file_is_sent_up_and_across_and_who_does_not_take_it_leaves_it_where_it_lay(
    whole: Whole, arrivals: Arrivals
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    case = await whole.bring("accepted", who=CLERK)
    centre = {"area": OTHER_VILLAGE, "centre": "community_centre"}
    case = await whole.do(case, ("hand-over", {"to": centre, "reason": "reported_up"}), who=CLERK)
    other = a_principal("village_clerk", OTHER_VILLAGE)
    assert await whole.listed(other, desk="arriving") == [case["id"]]
    case = await whole.do(case, "decline", who=other)
    assert await whole.listed(other) == []
    (declined,) = (await whole.read(case, CLERK))["handovers"]
    assert (declined["declined"], declined["taken_by"]) == ("papers_incomplete", other.subject)
    case = await whole.do(case, ("hand-over", {"to": centre, "reason": "reported_up"}), who=CLERK)
    case = await whole.do(case, "take", who=other)
    assert (case["held_area"], case["held_centre"]) == (OTHER_VILLAGE, "community_centre")
    up = {"area": TOWN, "centre": "town_centre", "department": "medical_insurance"}
    case = await whole.do(case, ("hand-over", {"to": up, "reason": "other_department"}), who=other)
    case = await whole.do(case, "take", who=INSURANCE)
    assert (await whole.read(case, INSURANCE))["held_department"] == "medical_insurance"
    assert refusal(await whole.ask(case, "pass", a_principal("village_clerk", "450481114203"))) == NOT_FOUND
    assert await whole.listed(HEALTH) == []


WRONG_PLACES = [
    {"area": VILLAGE},  # where it lies
    {"area": "450482"},  # another county
    {"area": "4504"},  # above it
    {"area": "450481114999"},  # unknown
    {"area": TOWN, "centre": "county_centre"},
    {"area": "450481", "centre": "village_station"},
]


async def test_a_file_goes_to_another_place_of_the_same_county(whole: Whole, arrivals: Arrivals) -> None:
    await arrivals.take(an_area("450482"), an_area("4504"))
    case = await whole.bring("accepted")
    for to in WRONG_PLACES:
        answer = await whole.ask(case, "hand-over", to=to, reason="reported_up")
        assert refusal(answer)[:2] == (422, "hand_over_wrong"), to
    answer = await whole.ask(case, "hand-over", to={"area": TOWN, "department": "nobody"}, reason="reported_up")
    assert refusal(answer)[:2] == (422, "code_unlisted")
    assert refusal(await whole.ask(case, "take"))[:2] == (409, "case_not_sent")


async def test_worklists_are_as_long_as_their_counts_at_each_desk(whole: Whole) -> None:
    held = [await whole.bring("received") for _ in range(2)]
    arriving = await whole.do(await whole.bring("accepted"), "begin-review")
    reviewed = await whole.bring("in_review")
    ended = await whole.bring("withdrawn")
    at_village = sorted(one["id"] for one in (*held, arriving))
    assert await whole.listed(CLERK, desk="held") == at_village
    assert await whole.listed(CLERK, desk="arriving") == []
    assert await whole.listed(TOWN_OFFICER, desk="arriving") == [arriving["id"]]
    assert await whole.listed(TOWN_OFFICER, desk="held") == sorted([*at_village, reviewed["id"]])
    assert await whole.listed(CLERK) == sorted([*at_village, reviewed["id"], ended["id"]])
    await whole.do(arriving, "withdraw")
    assert await whole.listed(TOWN_OFFICER, desk="arriving") == []


async def test_departments_are_asked_at_the_same_time_and_each_speaks_for_itself(whole: Whole) -> None:
    case = await whole.bring("in_review")
    both = ["health", "medical_insurance"]
    for wrong, code in ((["nobody"], "code_unlisted"), (["civil_affairs"], "consent_asked_already")):
        assert refusal(await whole.ask(case, "ask-consent", departments=["health", *wrong]))[1] == code
    case = await whole.do(case, ("ask-consent", {"departments": both}), who=TOWN_OFFICER)
    assert refusal(await whole.ask(case, "ask-consent", departments=["health"]))[1] == "consent_asked_already"
    assert refusal(await whole.ask(case, "pass"))[:2] == (409, "consent_outstanding")
    assert await whole.listed(HEALTH, desk="asked") == [case["id"]]
    assert await whole.listed(HEALTH_OF_THE_TOWN, desk="asked") == []
    for who in (INSURANCE, TOWN_OFFICER, HEALTH_OF_THE_TOWN):
        assert refusal(await whole.ask(case, "answer-consent", who))[:2] == ELSEWHERE
    for body, code in (
        ({"agreed": False}, "reason_required"),
        ({"agreed": True, "reason": "conflict"}, "reason_not_expected"),
    ):
        assert refusal(await whole.ask(case, "answer-consent", HEALTH, department="health", **body))[1] == code
    case = await whole.do(case, "answer-consent", who=HEALTH)
    assert await whole.listed(HEALTH) == []
    assert refusal(await whole.ask(case, "answer-consent"))[:2] == (409, "consent_not_asked")
    denied = {"department": "medical_insurance", "agreed": False, "reason": "conflict"}
    case = await whole.do(case, ("answer-consent", denied), who=INSURANCE)
    consents = {one["department"]: (one["agreed"], one["reason"]) for one in (await whole.read(case))["consents"]}
    assert consents == {"health": (True, None), "medical_insurance": (False, "conflict")}
    case = await whole.do(case, "pass", "take")
    assert refusal(await whole.ask(case, "decide", granted=True))[:2] == (409, "consent_outstanding")
    again = await whole.do(case, ("ask-consent", {"departments": ["medical_insurance"]}))
    again = await whole.do(again, ("answer-consent", {"department": "medical_insurance", "agreed": True}))
    assert (await whole.do(again, "decide"))["granted"] is True


async def test_an_answer_given_by_mistake_is_taken_back_by_its_department_alone(whole: Whole) -> None:
    case = await whole.do(await whole.bring("in_review"), "ask-consent")
    case = await whole.do(case, "begin-special", "answer-consent")
    assert refusal(await whole.ask(case, "undo", TOWN_OFFICER))[:2] == (403, "forbidden")
    case = await whole.do(case, "undo", who=COUNTY_OFFICER)
    assert [one["agreed"] for one in (await whole.read(case))["consents"]] == [None]
    assert await whole.listed(HEALTH, desk="asked") == [case["id"]]


async def test_of_several_who_decide_take_or_answer_at_once_one_wins(whole: Whole) -> None:
    case = await whole.do(await whole.bring("in_review"), "pass", "take")
    bodies: list[dict[str, Any]] = [{"granted": True}, {"granted": False, "reason": "other"}] * 2
    answers = await gather(*(whole.ask(case, "decide", **body) for body in bodies))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    sent = await whole.do(await whole.bring("accepted"), "begin-review")
    answers = await gather(*(whole.ask(sent, verb) for verb in ("take", "decline", "take")))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    asked = await whole.do(await whole.bring("in_review"), "ask-consent")
    answers = await gather(*(whole.ask(asked, "answer-consent") for _ in range(3)))
    assert [one.status_code for one in answers].count(200) == 1


async def test_a_step_is_passed_or_decided_at_its_level_or_above_and_not_where_it_was_sent_down_to(
    whole: Whole,
) -> None:
    down: dict[str, Any] = {"to": {"area": TOWN}, "reason": "sent_down"}
    case = await whole.do(await whole.bring("in_review"), "pass", "take", ("hand-over", down))
    case = await whole.do(case, "take", who=TOWN_OFFICER)
    for verb in ("decide", "pass"):
        assert refusal(await whole.ask(case, verb, TOWN_OFFICER))[:2] == (409, "step_taken_above"), verb
    case = await whole.do(case, "hand-over", who=TOWN_OFFICER)
    assert (await whole.do(case, "take", "decide"))["granted"] is True
    first = await whole.do(await whole.bring("in_review"), "hand-over", "take", "pass")  # reported up
    assert first["step"] == 2


async def test_who_can_answer_no_more_is_asked_no_more(whole: Whole) -> None:
    case = await whole.do(await whole.bring("in_review"), "pass", "take", "ask-consent")
    assert await whole.listed(HEALTH, desk="asked") == [case["id"]]
    denied = await whole.do(case, ("decide", {"granted": False, "reason": "conditions_not_met"}))
    assert refusal(await whole.ask(denied, "answer-consent"))[:2] == (409, "case_transition_not_allowed")
    assert await whole.listed(HEALTH, desk="asked") == []
    case = await whole.do(denied, "undo")
    assert await whole.listed(HEALTH, desk="asked") == [case["id"]]
