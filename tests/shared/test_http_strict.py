"""Bodies stay as they are, however often they are used."""

from datetime import date
from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from shared.http.schemas import Body


class Dated(Body):
    on: date


def test_each_use_of_a_body_leaves_it_as_deep_as_it_was() -> None:
    """Applications are built again and again in one process, and an endpoint is looked at more than once in each."""
    adapter: TypeAdapter[Dated] = TypeAdapter(Dated)
    for number in range(400):
        adapter = TypeAdapter(Annotated[Dated, Field(description=str(number))])
    assert "'format': 'date'" in str(adapter.json_schema())
    assert adapter.validate_json('{"on": "2026-03-16"}').on == date(2026, 3, 16)
    with pytest.raises(ValidationError):
        adapter.validate_json('{"on": "2026-03-16T00:00:00"}')
