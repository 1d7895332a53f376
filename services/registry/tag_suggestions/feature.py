"""Suggestions of tags as the house knows them."""

from services.registry.tag_suggestions.api import router
from services.registry.tag_suggestions.domain import DismissalReason, Ground, SuggestedTag, SuggestionStatus
from services.registry.tag_suggestions.schedules import SUGGEST_TAGS
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="tags",
    schedules=(SUGGEST_TAGS,),
    code_lists=(
        published("tag_suggestion_statuses", "标签提示状态", SuggestionStatus),
        published("suggested_tags", "系统提示的标签", SuggestedTag),
        published("tag_suggestion_grounds", "标签提示依据", Ground),
        published("tag_dismissal_reasons", "标签提示不认定原因", DismissalReason),
    ),
)
