"""Who takes gzip, and which operations may compress at all."""

import pytest

from shared.http.compression import takes_gzip
from shared.http.endpoint import reads


@pytest.mark.parametrize(
    ("accepted", "taken"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("br, gzip;q=0.5", True),
        ("gzip; q=0.001", True),
        ("*", True),
        ("*;q=0.3, br", True),
        ("", False),
        ("identity", False),
        ("br", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("x-gzip-like", False),
    ],
)
def test_gzip_is_taken_if_it_is_named_and_weighs_something(accepted: str, taken: bool) -> None:
    assert takes_gzip(accepted) is taken


def test_what_lies_in_somebodys_area_is_not_public() -> None:
    with pytest.raises(ValueError, match="not public"):
        reads("listThings", "物品", "物品。", permission="person.read", public=True)
