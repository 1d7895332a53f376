"""Posts (职务) of a village and its grids, the committees' subordinate ones, and what the law says of their number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.reference.named_code import NamedCode


class Body(NamedCode):
    """What a post belongs to."""

    PARTY = "party", "村（社区）党组织"
    COMMITTEE = "committee", "村（居）民委员会"
    SUPERVISION = "supervision", "村（居）务监督委员会"
    SUBORDINATE = "subordinate", "下属委员会"
    MASS = "mass", "群团组织"
    GRID = "grid", "网格"
    GROUP = "group", "村（居）民小组"
    SERVICE = "service", "服务和联系力量"


class Post(NamedCode):
    """A post that somebody holds."""

    PARTY_SECRETARY = "party_secretary", "党组织书记"
    PARTY_DEPUTY = "party_deputy", "党组织副书记"
    PARTY_MEMBER = "party_member", "党组织委员"
    DIRECTOR = "director", "村（居）委会主任"
    DEPUTY_DIRECTOR = "deputy_director", "村（居）委会副主任"
    COMMITTEE_MEMBER = "committee_member", "村（居）委会委员"
    SUPERVISION_HEAD = "supervision_head", "监督委员会主任"
    SUPERVISION_MEMBER = "supervision_member", "监督委员会委员"
    SUBORDINATE_HEAD = "subordinate_head", "下属委员会主任"
    SUBORDINATE_MEMBER = "subordinate_member", "下属委员会委员"
    WOMEN_HEAD = "women_head", "妇联主席"
    YOUTH_SECRETARY = "youth_secretary", "团支部书记"
    MILITIA_HEAD = "militia_head", "民兵连长"
    GRID_HEAD = "grid_head", "网格长"
    GRID_WORKER = "grid_worker", "网格员"
    GROUP_HEAD = "group_head", "村（居）民小组组长"
    BUILDING_HEAD = "building_head", "楼组长"
    HOUSEHOLD_HEAD = "household_head", "中心户长"
    MEDIATOR = "mediator", "人民调解员"
    LEGAL_ADVISER = "legal_adviser", "法律顾问"
    POLICE_OFFICER = "police_officer", "驻村（社区）民警"
    FIRST_SECRETARY = "first_secretary", "驻村第一书记"
    TEAM_MEMBER = "team_member", "驻村工作队员"
    COUNTY_LEADER = "county_leader", "联系县领导"
    SOCIAL_WORKER = "social_worker", "社会工作者"
    COLLEGE_OFFICIAL = "college_official", "大学生村官"


class Subordinate(NamedCode):
    """A subordinate committee (下属委员会) of a villagers' or residents' committee."""

    MEDIATION = "mediation", "人民调解委员会"
    SECURITY = "security", "治安保卫委员会"
    HEALTH = "health", "公共卫生委员会"
    ELDERS_WOMEN_CHILDREN = "elders_women_children", "老年人和妇女儿童工作委员会"
    OTHER = "other", "其他下属委员会"


SUBORDINATES_SOURCE = "村民委员会组织法、城市居民委员会组织法（2025年10月28日修改，2026年1月1日起施行）"
"""Where the committee for the old, women and children comes from; the others are those of before."""


@dataclass(frozen=True, slots=True)
class PostRule:
    """What a post is like. `single`: one holder at a time, of the village, its group or its subordinate committee.

    `required`: each village has one, and is vacant without. `years`: of a term by the source, as far as there is one.
    """

    body: Body
    single: bool = False
    required: bool = False
    in_grid: bool = False
    years: int | None = None
    source: str | None = None


_PARTY = "中国共产党基层组织选举工作条例第四条"
_ELECTED = "村民委员会组织法、城市居民委员会组织法（每届任期五年）"

POSTS: Mapping[Post, PostRule] = {
    Post.PARTY_SECRETARY: PostRule(Body.PARTY, single=True, required=True, years=5, source=_PARTY),
    Post.PARTY_DEPUTY: PostRule(Body.PARTY, years=5, source=_PARTY),
    Post.PARTY_MEMBER: PostRule(Body.PARTY, years=5, source=_PARTY),
    Post.DIRECTOR: PostRule(Body.COMMITTEE, single=True, required=True, years=5, source=_ELECTED),
    Post.DEPUTY_DIRECTOR: PostRule(Body.COMMITTEE, years=5, source=_ELECTED),
    Post.COMMITTEE_MEMBER: PostRule(Body.COMMITTEE, years=5, source=_ELECTED),
    Post.SUPERVISION_HEAD: PostRule(Body.SUPERVISION, single=True, required=True),
    Post.SUPERVISION_MEMBER: PostRule(Body.SUPERVISION),
    Post.SUBORDINATE_HEAD: PostRule(Body.SUBORDINATE, single=True, source=SUBORDINATES_SOURCE),
    Post.SUBORDINATE_MEMBER: PostRule(Body.SUBORDINATE, source=SUBORDINATES_SOURCE),
    Post.WOMEN_HEAD: PostRule(Body.MASS, single=True),
    Post.YOUTH_SECRETARY: PostRule(Body.MASS, single=True),
    Post.MILITIA_HEAD: PostRule(Body.MASS, single=True),
    Post.GRID_HEAD: PostRule(Body.GRID, single=True, in_grid=True),
    Post.GRID_WORKER: PostRule(Body.GRID, in_grid=True),
    Post.GROUP_HEAD: PostRule(Body.GROUP, single=True, source="村民委员会组织法（村民小组组长）"),
    Post.BUILDING_HEAD: PostRule(Body.GROUP, in_grid=True),
    Post.HOUSEHOLD_HEAD: PostRule(Body.GROUP, in_grid=True),
    Post.MEDIATOR: PostRule(Body.SERVICE),
    Post.LEGAL_ADVISER: PostRule(Body.SERVICE),
    Post.POLICE_OFFICER: PostRule(Body.SERVICE),
    Post.FIRST_SECRETARY: PostRule(Body.SERVICE, single=True),
    Post.TEAM_MEMBER: PostRule(Body.SERVICE),
    Post.COUNTY_LEADER: PostRule(Body.SERVICE),
    Post.SOCIAL_WORKER: PostRule(Body.SERVICE),
    Post.COLLEGE_OFFICIAL: PostRule(Body.SERVICE),
}
SINGLE = tuple(post for post, rule in POSTS.items() if rule.single)
REQUIRED = tuple(post for post, rule in POSTS.items() if rule.required)
COMMITTEE = tuple(post for post, rule in POSTS.items() if rule.body is Body.COMMITTEE)
"""Posts of those who are counted as members of the committee."""


@dataclass(frozen=True, slots=True)
class CommitteeRule:
    """What the law in force from a day on says of a committee's members and of how many households it is made for.

    `households`: None without a range.
    """

    since: date
    kind: str
    members: tuple[int, int]
    members_source: str
    households: tuple[int, int] | None = None
    households_source: str | None = None


_RESIDENTS = "residents_committee"
_OF_1989 = "城市居民委员会组织法（1989年）"
COMMITTEE_RULES = (
    CommitteeRule(date(2010, 10, 28), "villagers_committee", (3, 7), "村民委员会组织法第六条"),
    CommitteeRule(date(1990, 1, 1), _RESIDENTS, (5, 9), f"{_OF_1989}第七条", (100, 700), f"{_OF_1989}第六条"),
    CommitteeRule(
        date(2026, 1, 1),
        _RESIDENTS,
        (5, 9),
        f"{_OF_1989}第七条",
        (1000, 3000),
        "城市居民委员会组织法（2025年修订）第三条",
    ),
)
"""Ranges of the two committee laws. A range says what is usual (一般): outside of it nothing is refused."""


def committee_rule(kind: str, on: date) -> CommitteeRule | None:
    """The rule in force for a kind of committee on a day; None of other kinds of areas."""
    known = [one for one in COMMITTEE_RULES if one.kind == kind and one.since <= on]
    return max(known, key=lambda one: one.since, default=None)
