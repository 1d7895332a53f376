"""Agencies without a database: every status under every step, who is asked for money, every way to the end."""

from itertools import product

import pytest

from services.services_hall.agencies.domain import (
    CARRIED,
    STEPS,
    UNFINISHED,
    AgencyDesk,
    AgencyStep,
    AgencyTransitionError,
    CallBackUnclear,
    DeclineReason,
    Taker,
    require_allowed,
    require_asked,
)
from shared.auth.roles import PERMISSIONS
from shared.contracts.services_hall.agencies import AgencyStatus, CallBackOutcome

TABLE = """
                 entrusted accepted handling delivered archived reported called_back declined revoked
    accept       accepted  .        .        .         .        .        .           .        .
    decline      declined  .        .        .         .        .        .           .        .
    forward      .         handling .        .         .        .        .           .        .
    deliver      .         delivered delivered .       .        .        .           .        .
    archive      .         .        .        archived  .        .        .           .        .
    report       .         .        .        .         reported .        .           .        .
    call_back    .         .        .        .         .        called_back .        .        .
    reassign     =         =        =        .         .        .        .           .        .
    arrange_visit =        =        =        .         .        .        .           .        .
    visit        =         =        =        .         .        .        .           .        .
    cancel_visit =         =        =        =         .        .        .           .        .
"""
"""Where each step leads from each status; "=": the status stays, ".": refused."""

WHO = """
    accept        acting  agent village_clerk town_officer
    decline       acting  agent village_clerk town_officer
    forward       acting  agent village_clerk town_officer
    deliver       acting  agent village_clerk town_officer
    archive       anybody agent village_clerk town_officer
    report        anybody agent village_clerk town_officer
    call_back     other   village_clerk town_officer county_officer
    reassign      anybody village_clerk town_officer county_officer
    arrange_visit acting  agent village_clerk town_officer
    visit         acting  agent village_clerk town_officer
    cancel_visit  anybody agent village_clerk town_officer
"""
"""Who takes each step, and the roles whose permission it needs."""

NOBODYS = {"entrust", "revoke", "restore", "undo", "reschedule", "boundary"}
"""Steps that no row of the table takes: entered, or they follow from an authorisation, a calendar, an area."""


def led() -> dict[tuple[str, str], str]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    statuses = lines[0]
    return {(status, step): to for step, *row in lines[1:] for status, to in zip(statuses, row, strict=True)}


def takers() -> dict[str, tuple[str, set[str]]]:
    return {one[0]: (one[1], set(one[2:])) for one in map(str.split, WHO.strip().splitlines())}


@pytest.mark.parametrize(("status", "step"), list(product(AgencyStatus, STEPS)), ids=str)
def test_each_step_from_each_status_leads_where_the_table_by_hand_says(status: AgencyStatus, step: AgencyStep) -> None:
    to = led()[str(status), str(step)]
    if to == ".":
        with pytest.raises(AgencyTransitionError) as refused:
            require_allowed(status, step, "0197")
        assert (refused.value.code, refused.value.subject) == ("agency_transition_not_allowed", "0197")
    else:
        assert require_allowed(status, step).to == (None if to == "=" else to)


@pytest.mark.parametrize("step", list(STEPS), ids=str)
def test_each_step_has_its_taker_and_the_roles_that_may(step: AgencyStep) -> None:
    taker, roles = takers()[str(step)]
    assert (STEPS[step].taker, {str(one) for one in PERMISSIONS[STEPS[step].permission]}) == (Taker(taker), roles)


def test_every_step_stands_in_the_table_or_is_nobodys() -> None:
    assert {str(one) for one in AgencyStep} == {str(one) for one in STEPS} | NOBODYS
    assert {step for _, step in led()} == {str(one) for one in STEPS}


def test_what_is_carried_and_what_is_unfinished_by_hand() -> None:
    carried = {"entrusted", "accepted", "handling"}
    assert {str(one) for one in CARRIED} == carried, "what a revocation ends"
    assert {str(one) for one in UNFINISHED} == carried | {"delivered", "archived", "reported"}


def test_every_unfinished_agency_can_be_brought_to_its_end_and_no_ended_one_moves() -> None:
    ways = {(status, to) for (status, _), to in led().items() if to not in ".="}
    for status in map(str, AgencyStatus):
        reached, new = {status}, {status}
        while new:
            new = {to for one, to in ways if one in new} - reached
            reached |= new
        if AgencyStatus(status) in UNFINISHED:
            assert "called_back" in reached, status
        else:
            assert reached == {status}
            assert all(to == "." for (one, _), to in led().items() if one == status)


@pytest.mark.parametrize(("outcome", "charged"), list(product(CallBackOutcome, (None, True, False))), ids=str)
def test_whether_money_was_taken_is_asked_of_everybody_reached_and_of_nobody_else(
    outcome: CallBackOutcome, charged: bool | None
) -> None:
    if (str(outcome) == "unreached" and charged is None) or (str(outcome) != "unreached" and charged is not None):
        require_asked(outcome, charged=charged)
        return
    with pytest.raises(CallBackUnclear) as refused:
        require_asked(outcome, charged=charged)
    (field,) = refused.value.errors
    assert (field.path, field.code) == ("charged", "call_back_unclear")
    assert "是否被收费" in field.message


@pytest.mark.parametrize("words", [AgencyStep, AgencyDesk, DeclineReason, AgencyStatus, CallBackOutcome])
def test_every_code_has_a_chinese_name_of_its_own(words: type[AgencyStep]) -> None:
    names = [one.label for one in words]
    assert len(set(names)) == len(names)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in name) for name in names)
