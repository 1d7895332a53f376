"""Persons as the house knows them."""

from sqlalchemy import select

from services.registry.life_events.domain import ResidenceKind
from services.registry.life_events.schemas import Entry
from services.registry.persons.api import router
from services.registry.persons.domain import NoDocument, PersonAlreadyRegistered
from services.registry.persons.domain.likeness import Likeness
from services.registry.persons.models import Person
from services.registry.persons.schedules import NAMES
from services.registry.persons.service.persons import restate
from services.registry.persons.service.rotation import remake_names, remake_numbers
from shared.contracts.registry.persons import PersonStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published
from shared.reference.documents import DocumentType
from shared.reference.education import EDUCATION_LEVELS
from shared.reference.ethnic_groups import ETHNIC_GROUPS
from shared.reference.marital import MARITAL_STATUSES
from shared.reference.sexes import SEXES
from shared.rotation.indexes import BlindIndex

FEATURE = Feature(
    router=router,
    tag="persons",
    about="居民：一次登记，脱敏显示。 Residents: registered once, shown masked",
    states={"registry.person": Restatement(restate, select(Person.id))},
    schedules=(NAMES,),
    indexes=(
        BlindIndex("person_numbers", {"person_digests"}, remake_numbers),
        BlindIndex("person_names", {"person_names"}, remake_names),
    ),
    constraints={"pk_person_digests": PersonAlreadyRegistered},
    code_lists=(
        published("document_types", "证件类型", DocumentType),
        published("education_levels", "学历", EDUCATION_LEVELS),
        published("entries", "登记方式", Entry),
        published("ethnic_groups", "民族", ETHNIC_GROUPS),
        published("likenesses", "疑似重复理由", Likeness),
        published("marital_statuses", "婚姻状况", MARITAL_STATUSES),
        published("no_document_reasons", "无证件原因", NoDocument),
        published("person_statuses", "人员状态", PersonStatus),
        published("residence_kinds", "居住类别", ResidenceKind),
        published("sexes", "性别", SEXES),
    ),
)
