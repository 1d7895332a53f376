"""Custody without a database: every status under every step, who takes it, what is answered for, what is receipted."""

from itertools import product

import pytest

from services.services_hall.documents.domain import MARKS, DocumentKind
from services.services_hall.originals.domain import (
    HOLD,
    OUT,
    READ,
    RECEIPTED,
    STEPS,
    SUPERVISE,
    OriginalDesk,
    OriginalKind,
    OriginalStep,
    OriginalTransitionError,
    Taker,
    require_allowed,
)
from shared.auth.roles import PERMISSIONS
from shared.contracts.services_hall.originals import OriginalStatus

TABLE = """
              held     sent returned lost annulled  taker
    hand_over sent     .    .        .    .         holder
    take      .        held .        .    .         receiver
    decline   .        held .        .    .         receiver
    return    returned .    .        .    .         holder
    lose      lost     lost .        .    .         holder
    tell_loss .        .    .        =    .         counter
    find      .        .    .        held .         holder
    annul     annulled .    .        .    .         holder
"""
"""Where each step leads from each status, and who takes it; "=": the status stays, ".": refused."""

NOBODYS = {"receive", "undo", "boundary"}


def led() -> dict[tuple[str, str], str]:
    lines = [line.split() for line in TABLE.strip().splitlines()]
    return {(of, step): to for step, *row in lines[1:] for of, to in zip(lines[0], row, strict=True)}


@pytest.mark.parametrize(("status", "step"), list(product(OriginalStatus, STEPS)), ids=str)
def test_each_step_from_each_status_leads_where_the_table_by_hand_says(
    status: OriginalStatus, step: OriginalStep
) -> None:
    to = led()[str(status), str(step)]
    if to == ".":
        with pytest.raises(OriginalTransitionError) as refused:
            require_allowed(status, step, "0197")
        assert (refused.value.code, refused.value.subject) == ("original_transition_not_allowed", "0197")
    else:
        assert require_allowed(status, step).to == (None if to == "=" else to)


@pytest.mark.parametrize("step", list(STEPS), ids=str)
def test_each_step_has_its_taker(step: OriginalStep) -> None:
    assert STEPS[step].taker is Taker(led()["taker", str(step)])


def test_every_step_stands_in_the_table_or_is_nobodys() -> None:
    assert {str(one) for one in OriginalStep} == {str(one) for one in STEPS} | NOBODYS


def test_never_two_holders_never_none() -> None:
    assert {str(one) for one in OUT} == {"held", "sent", "lost"}, "somebody answers for what was sent or lost as well"
    ways = {(of, to) for (of, _), to in led().items() if of in set(OriginalStatus) and to not in ".="}
    gone = {(of, to) for of, to in ways if OriginalStatus(of) in OUT and OriginalStatus(to) not in OUT}
    assert gone == {("held", "returned"), ("held", "annulled")}, "nothing that is on its way ends without a holder"
    assert not {of for of, _ in ways} - {str(one) for one in OUT}, "what is back comes out again by an undo alone"


def test_a_receipt_is_of_each_step_by_which_it_changes_hands() -> None:
    assert {str(one) for one in RECEIPTED} == {"receive", "take", "return"}


def test_the_permissions_by_hand() -> None:
    counter = {"village_clerk", "town_officer", "department_officer", "county_officer"}
    assert {str(one) for one in PERMISSIONS[HOLD]} == counter | {"agent"}
    assert {str(one) for one in PERMISSIONS[READ]} == counter | {"agent", "auditor"}
    assert {str(one) for one in PERMISSIONS[SUPERVISE]} == counter - {"department_officer"}


@pytest.mark.parametrize("words", [OriginalStep, OriginalKind, OriginalDesk, OriginalStatus])
def test_every_code_has_a_chinese_name_of_its_own(words: type[OriginalStep]) -> None:
    names = [one.label for one in words]
    assert len(set(names)) == len(names)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in name) for name in names)


CUSTODY = {
    DocumentKind.CUSTODY_RECEIPT: "原收",
    DocumentKind.CUSTODY_HAND_OVER: "原移",
    DocumentKind.CUSTODY_RETURN: "原还",
}


def test_receipts_have_marks_that_no_other_paper_has() -> None:
    assert {kind: MARKS[kind] for kind in CUSTODY} == CUSTODY
    assert len(set(MARKS.values())) == len(MARKS)
