"""Contacts of tags as the house knows them."""

from services.registry.tag_contacts.api import router
from services.registry.tag_contacts.domain import (
    ContactParty,
    ContactRelation,
    ContactStep,
    DueReason,
    TagContactKnown,
)
from shared.contracts.registry.tags import TagContactRole
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="tag_contacts",
    about="标签联系人：监护人和责任人，以及待办理的变化。 Guardians and responsible persons of people with a tag",
    constraints={"uq_tag_contacts_party": TagContactKnown, "uq_tag_contacts_subject": TagContactKnown},
    code_lists=(
        published("tag_contact_roles", "标签联系人身份", TagContactRole),
        published("tag_contact_parties", "标签联系人来源", ContactParty),
        published("tag_contact_relations", "标签联系人与本人关系", ContactRelation),
        published("tag_contact_steps", "标签联系人办理", ContactStep),
        published("tag_contact_due_reasons", "标签联系人待办理原因", DueReason),
    ),
)
