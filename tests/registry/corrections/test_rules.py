"""Rules of requests for corrections: the lifecycle, the policy, and values that come back as they went in."""

from datetime import date
from itertools import permutations, product

import pytest

from services.registry.corrections.domain import (
    DEFAULT_POLICY,
    TRANSITIONS,
    CorrectionDecided,
    CorrectionPolicy,
    require_transition,
)
from services.registry.corrections.service.values import correction_of, differences, values_of
from services.registry.persons.domain import CorrectedField, Identity, NoDocument, PersonFields, Undocumented, replaced
from services.registry.settings import Settings
from shared.contracts.registry.corrections import CorrectionStatus, CorrectionStep
from shared.reference.documents import DocumentType

ALLOWED = {("requested", to) for to in ("requested", "carried_out", "refused", "withdrawn", "lapsed")}
CHECK, APPROVE, CONFIRM = CorrectionStep
BEFORE = PersonFields("覃秀英", "2", date(1960, 5, 17), None, None, None, "示例路1号")
AFTER = PersonFields(
    "覃秀瑛",
    "1",
    date(1960, 5, 18),
    Identity(DocumentType.CITIZEN_ID, "45048119900307019X"),
    "08",
    "13800000000",
    None,
    Undocumented(NoDocument.LOST, date(2026, 5, 1)),
)


def test_a_request_moves_as_the_table_says_and_no_other_way() -> None:
    assert set(TRANSITIONS) == set(CorrectionStatus)
    for present, to in product(CorrectionStatus, CorrectionStatus):
        if (present, to) in ALLOWED:
            require_transition(present, to)
        else:
            with pytest.raises(CorrectionDecided):
                require_transition(present, to)


def test_the_settings_default_is_the_policy_of_the_code() -> None:
    default = Settings.model_fields["correction_steps"].default
    assert CorrectionPolicy.parse(default) == DEFAULT_POLICY
    assert DEFAULT_POLICY.guarded == {"name", "sex", "birth_date", "document", "ethnic_group"}
    assert Settings.model_fields["correction_work_days"].default == DEFAULT_POLICY.work_days


def test_steps_follow_each_other_in_one_order_however_the_policy_is_written() -> None:
    for order in permutations(["check", "approve", "confirm"]):
        assert CorrectionPolicy.parse(f" name : {'+'.join(order)} ").steps_of(["name"]) == (CHECK, APPROVE, CONFIRM)
    policy = CorrectionPolicy.parse("name:check,sex:confirm,phone:check+approve")
    assert policy.steps_of(["name", "sex"]) == (CHECK, CONFIRM), "what one of the fields needs, each once"
    assert policy.steps_of(["address"]) == ()
    assert CorrectionPolicy.parse("").guarded == frozenset()


@pytest.mark.parametrize("text", ["nickname:check", "name:", "name", "name:check+sign", "name:check+"])
def test_what_is_no_policy_stops_the_start(text: str) -> None:
    with pytest.raises(ValueError, match="is not a valid"):
        CorrectionPolicy.parse(text)


def test_every_field_comes_back_as_it_was_sealed() -> None:
    assert {str(name) for name in CorrectedField} == set(PersonFields.__dataclass_fields__)
    for fields in (BEFORE, AFTER):
        for name in CorrectedField:
            given = correction_of(values_of(fields, [name]).decode()).given
            assert given == {name: getattr(fields, name)}


def test_what_was_empty_is_filled_in_and_replaces_nothing() -> None:
    assert replaced(BEFORE, AFTER) == ["name", "sex", "birth_date", "address"]
    assert replaced(AFTER, BEFORE) == ["name", "sex", "birth_date", "document", "ethnic_group", "phone", "undocumented"]
    assert replaced(BEFORE, BEFORE) == []


def test_a_difference_shows_no_value_that_is_masked_elsewhere() -> None:
    values = [values_of(one, list(CorrectedField)).decode() for one in (BEFORE, AFTER)]
    found = differences(*values, village=["甲村"], full=False)
    masked = {(one.field.value, one.part): (one.before, one.after) for one in found}
    assert masked == {
        ("name", None): ("覃*英", "覃*瑛"),
        ("sex", None): ("2", "1"),
        ("birth_date", None): ("1960-05", "1960-05"),
        ("document", "type"): (None, "citizen_id"),
        ("document", "number"): (None, "450481********019X"),
        ("ethnic_group", None): (None, "08"),
        ("phone", None): (None, "138****0000"),
        ("address", None): ("甲村****", None),
        ("undocumented", "reason"): (None, "lost"),
        ("undocumented", "due_on"): (None, "2026-05-01"),
    }
    shown = {(one.field.value, one.part): one.after for one in differences(*values, village=[], full=True)}
    assert (shown["name", None], shown["document", "number"]) == ("覃秀瑛", "45048119900307019X")
    assert "覃秀瑛" not in repr(differences(*values, village=[], full=True))
