"""Code lists that a field of type `code` may choose from: the national ones, and those of Xiangli's own."""

from collections.abc import Mapping

from shared.reference.areas import URBAN_RURAL
from shared.reference.documents import DocumentType
from shared.reference.education import EDUCATION_LEVELS
from shared.reference.ethnic_groups import ETHNIC_GROUPS
from shared.reference.marital import MARITAL_STATUSES
from shared.reference.relations import RELATIONS
from shared.reference.sexes import SEXES

CODE_LISTS: Mapping[str, Mapping[str, str]] = {
    "document_types": DocumentType.names(),
    "education_levels": EDUCATION_LEVELS,
    "ethnic_groups": ETHNIC_GROUPS,
    "marital_statuses": MARITAL_STATUSES,
    "relations": RELATIONS,
    "sexes": SEXES,
    "urban_rural": URBAN_RURAL,
}
"""Names by code, by the id under which the lists are published."""
