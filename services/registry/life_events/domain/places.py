"""Places of life events: villages and grids of the county, places elsewhere, and how somebody lives in one."""

from dataclasses import dataclass

from shared.errors import FieldError
from shared.reference.areas import (
    COUNTY_DIGITS,
    PREFECTURE_DIGITS,
    TOWN_DIGITS,
    VILLAGE_DIGITS,
    is_district,
)
from shared.reference.named_code import NamedCode

REGISTERED_PLACE = "household"
"""Kind of a span in the registration book: the others are kinds of residence."""


class ResidenceKind(NamedCode):
    """How somebody lives here: 户籍人口, 流动人口, 留守, 境外."""

    REGISTERED = "registered", "户籍人口"
    FLOATING = "floating", "流动人口"
    LEFT_BEHIND = "left_behind", "留守"
    OVERSEAS = "overseas", "境外"


@dataclass(frozen=True, slots=True)
class Place:
    """Place to which a life event brings a person. `kind`: a residence kind, or `household` for a registered place.

    None for a residence whose kind follows from where the person is registered, also when that changes.
    """

    area: str
    kind: str | None


def is_counted(area: str) -> bool:
    """Whether the code is a village or grid of this county: places elsewhere have a town's code at most."""
    return len(area) >= VILLAGE_DIGITS


def is_within(area: str, origin: str | None) -> bool:
    """Whether the code is the village or grid `origin` of this county, or a grid in it."""
    return origin is not None and is_counted(area) and area.startswith(origin)


ELSEWHERE = ""
"""Where somebody is registered who left the county's registration book."""


def residence_kind(residence: str, registered: str | None) -> ResidenceKind | None:
    """Registered or floating (流动) by both places; None if the registered place is not known well enough to tell.

    Floating: the towns differ, and it is not from district to district of one city (第七次全国人口普查公报第七号).
    """
    if registered is None:
        return None
    if registered[:TOWN_DIGITS] == residence[:TOWN_DIGITS]:
        return ResidenceKind.REGISTERED
    same_city = registered != ELSEWHERE and residence.startswith(registered[:PREFECTURE_DIGITS])
    if not (same_city and is_district(residence)):
        return ResidenceKind.FLOATING
    if len(registered) < COUNTY_DIGITS:
        return None  # perhaps in another district of the city
    return ResidenceKind.REGISTERED if is_district(registered) else ResidenceKind.FLOATING


def check_kind(residence: Place | None, registration: Place | None, path: str = "") -> list[FieldError]:
    """What is wrong with how somebody lives there: nothing, or that it is not said and cannot be told."""
    if residence is None or residence.kind is not None:
        return []
    if residence_kind(residence.area, registration.area if registration else None) is not None:
        return []
    return [
        FieldError(f"{path}residence.kind", "missing", "无法由居住地和户籍地判断居住类别，请选择户籍、流动、留守或境外")
    ]
