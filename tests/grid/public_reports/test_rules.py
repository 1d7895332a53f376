"""Public reports: the table of steps, and codes that nobody guesses."""

import pytest

from services.grid.public_reports.domain import (
    CODE,
    LETTERS,
    PublicDismissal,
    PublicReportTransitionError,
    digest_of,
    new_code,
    require_explained,
    require_transition,
    spaced,
)
from shared.contracts.grid.public_reports import PublicReportStatus
from shared.errors import ReasonRequired

ALLOWED = {
    *(("held", to) for to in ("filed", "joined", "dismissed", "withdrawn")),
    *((origin, "held") for origin in ("joined", "dismissed")),
}


def test_the_table_of_steps() -> None:
    for present in PublicReportStatus:
        for to in PublicReportStatus:
            if (present, to) in ALLOWED:
                require_transition(present, to)
            else:
                with pytest.raises(PublicReportTransitionError):
                    require_transition(present, to)


def test_codes_differ_and_have_no_letters_that_are_taken_for_others() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert {len(one) for one in codes} == {CODE}
    assert set("".join(codes)) == set(LETTERS)
    assert not set("01ILOU") & set(LETTERS)
    assert len(LETTERS) ** CODE > 2**77


def test_a_code_is_read_back_as_it_is_shown() -> None:
    code = new_code()
    assert spaced(code).replace("-", "") == code
    assert digest_of(spaced(code)) == digest_of(code) != digest_of(new_code())


@pytest.mark.parametrize("reason", PublicDismissal)
def test_other_is_explained(reason: PublicDismissal) -> None:
    require_explained(reason, "说明")
    if reason is PublicDismissal.OTHER:
        with pytest.raises(ReasonRequired):
            require_explained(reason, None)
    else:
        require_explained(reason, None)
