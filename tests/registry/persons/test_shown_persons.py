"""A person is written without a `PersonView`, and reads as if it had been written by one."""

from datetime import date
from uuid import UUID

import pytest

from services.registry.persons.api import shown
from services.registry.persons.domain import PersonRecord
from services.registry.persons.schemas import PersonView
from services.registry.persons.service.disclosures import Disclosed

SPAN = {"kind": "registered", "area": "450481100201", "end": None, "start": "2026-01-01"}
ENDED = SPAN | {"end": "2026-02-01"}


def a_record(**what: object) -> PersonRecord:
    fields: dict[str, object] = {
        "id": UUID("0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"), "version": 3, "status": "active", "sex": "2",
        "birth_date": date(1960, 5, 17), "ethnic_group": "08", "died_on": None, "document_type": "citizen_id",
        "name_sealed": b"", "number_sealed": b"", "phone_sealed": None, "address_sealed": None, "masked_sealed": b"",
        "residence": [ENDED, SPAN], "registration": [], "residence_area": "450481100201", "residence_until": None,
        "registration_area": None, "registration_until": None,
    }  # fmt: skip
    return PersonRecord(**(fields | what))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "person",
    [
        Disclosed(a_record(), "覃*英", "450481********002X", "138****8000", "岑溪市岑城镇思孟村****", full=False),
        Disclosed(
            a_record(status="deceased", died_on=date(2026, 3, 1), document_type=None, ethnic_group=None),
            'A***"\\', None, None, None, full=False,
        ),
    ],
    ids=["everything", "as little as there may be"],
)  # fmt: skip
def test_a_shown_person_is_a_person_view_to_the_byte(person: Disclosed) -> None:
    answer = shown(person, status=201)
    assert bytes(answer.body) == PersonView.of(person).model_dump_json().encode()
    assert (answer.status_code, answer.headers["etag"]) == (201, '"3.masked"')
    assert answer.headers["content-type"] == "application/json"
