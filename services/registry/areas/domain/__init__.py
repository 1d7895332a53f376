"""Rules of areas (区划): division files, names by day, and refusals."""

from services.registry.areas.domain.divisions import (
    LEVELS,
    Division,
    KnownArea,
    Standing,
    check_tree,
    is_area_name,
    kind_of,
    read_divisions,
    tidy,
)
from services.registry.areas.domain.names import NameSpan, Renaming, check_renaming, name_on, names_of
from services.registry.areas.domain.refusals import (
    AreaAlreadyAbolished,
    AreaHasParts,
    AreaNotFound,
    AreaNotRenamed,
    AreaPopulated,
    AreaRenamedSince,
    UnknownArea,
    UnknownGrid,
)

__all__ = [
    "LEVELS",
    "AreaAlreadyAbolished",
    "AreaHasParts",
    "AreaNotFound",
    "AreaNotRenamed",
    "AreaPopulated",
    "AreaRenamedSince",
    "Division",
    "KnownArea",
    "NameSpan",
    "Renaming",
    "Standing",
    "UnknownArea",
    "UnknownGrid",
    "check_renaming",
    "check_tree",
    "is_area_name",
    "kind_of",
    "name_on",
    "names_of",
    "read_divisions",
    "tidy",
]
