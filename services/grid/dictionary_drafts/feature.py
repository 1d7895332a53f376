"""Drafts of the dictionary of incidents as the house knows them."""

from services.grid.dictionary_drafts.api import router
from services.grid.dictionary_drafts.domain import DraftOpen, DraftStatus
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="incident-dictionary-drafts",
    about="事件字典草稿：起草、修改、发布、撤回。 Drafts of the dictionary of incidents",
    constraints={"uq_dictionary_drafts_open": DraftOpen},
    code_lists=(published("incident_dictionary_draft_statuses", "字典草稿状态", DraftStatus),),
)
