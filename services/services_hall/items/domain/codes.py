"""Code lists of items (事项): how they are handled, what is brought and given, whose duty they are, at which window."""

from shared.reference.named_code import NamedCode


class HandlingMode(NamedCode):
    """How an item is handled: at once at the counter, within the promise, or carried by an agent."""

    AT_ONCE = "at_once", "马上办"
    WITHIN_PROMISE = "within_promise", "限期办"
    BY_AGENT = "by_agent", "代理办"


class Target(NamedCode):
    """Whom an item serves (服务对象)."""

    NATURAL_PERSON = "natural_person", "自然人"
    ORGANISATION = "organisation", "法人和其他组织"


class MaterialForm(NamedCode):
    """Form in which a material is brought."""

    ORIGINAL = "original", "原件"
    COPY = "copy", "复印件"
    ELECTRONIC = "electronic", "电子件"


class ItemStatus(NamedCode):
    """Where an item stands: not offered yet, offered, offered no more."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    RETIRED = "retired", "已停用"


class DraftKind(NamedCode):
    """What one person has drafted and another decides."""

    VERSION = "version", "新版本"
    RETIREMENT = "retirement", "停用"


class RetirementReason(NamedCode):
    """Why an item is offered no more."""

    ABOLISHED = "abolished", "依据废止，事项取消"
    MERGED = "merged", "并入其他事项"
    MOVED_UP = "moved_up", "上级收回"
    NOT_NEEDED = "not_needed", "已无需求"
    ENTERED_WRONG = "entered_wrong", "录入有误"


class ResultKind(NamedCode):
    """What the applicant holds in the end (结果类型)."""

    LICENCE = "licence", "证照"
    APPROVAL = "approval", "批文"
    OTHER = "other", "其他"
    NONE = "none", "无"


class ServiceWindow(NamedCode):
    """Windows and services of a community centre, as two counties of the reports arrange them, each eight apart.

    Jiahe (嘉禾): one window for each line of services. Baokang (保康): the fields that its 便民服务中心 takes in.
    """

    JH_ASSISTANCE = "jh_social_assistance", "社会救助窗口"
    JH_WELFARE = "jh_social_welfare", "社会福利窗口"
    JH_SECURITY = "jh_social_security", "社会保障窗口"
    JH_EMPLOYMENT = "jh_employment", "就业服务窗口"
    JH_ORDER = "jh_public_order", "社会治安窗口"
    JH_MEDICAL = "jh_medical", "医疗卫生窗口"
    JH_FAMILY = "jh_family_planning", "计划生育窗口"
    JH_CULTURE = "jh_culture", "文教体育窗口"
    BK_PARTY = "bk_party", "党建服务"
    BK_CIVIL = "bk_civil_affairs", "民政服务"
    BK_HEALTH = "bk_health", "卫生服务"
    BK_FAMILY = "bk_family_planning", "计生服务"
    BK_CULTURE = "bk_culture", "文化服务"
    BK_ELDERLY = "bk_elderly_care", "养老服务"
    BK_MIGRANTS = "bk_migrants", "外来人口管理服务"
    BK_AGRICULTURE = "bk_agriculture", "农业服务"
