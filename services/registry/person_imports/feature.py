"""Lists of residents as the house knows them; the long work is that of every import."""

from services.registry.person_imports.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="person imports",
    about="居民名册：模板、检查、导入。 Lists of residents: template, check, import",
)
