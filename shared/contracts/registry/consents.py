"""个人信息处理同意: what somebody has consented to, as others may know it: by id and codes alone."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Fact, Span, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class ConsentStatus(NamedCode):
    """Where a consent stands. Whether it holds on a day follows from its days."""

    VALID = "valid", "有效"
    WITHDRAWN = "withdrawn", "已撤回"
    ENDED = "ended", "随死亡、迁出或合并终止"
    ANNULLED = "annulled", "误登已作废"


class ConsentPurpose(NamedCode):
    """What personal information is processed for by consent alone (个人信息保护法 13 第一款第一项).

    What a village does by duty (公共服务、救助、统计、应急) is not among it: it needs no consent (13 第一款第二至六项).
    """

    ACTIVITIES = "activities", "文体活动、兴趣小组"
    CONTACT_LIST = "contact_list", "编入邻里联系册并在本村（社区）公开"
    EMPLOYERS = "employers", "向用人单位推荐就业"
    FACE = "face", "人脸核验（门禁、自助终端）"
    FAMILY_DOCTOR = "family_doctor", "提供给家庭医生签约服务"
    FINANCE = "finance", "提供给金融机构建立信用档案"
    MESSAGES = "messages", "推送便民信息"
    PUBLICITY = "publicity", "公开宣传照片和事迹"
    RESEARCH = "research", "提供给调查研究"
    SMART_CARE = "smart_care", "智能看护设备（定位、活动感知）"
    VOLUNTEERS = "volunteers", "提供给志愿者和社会组织帮扶"


class ConsentGroup(NamedCode):
    """Group of data that a consent covers."""

    NAME = "name", "姓名、性别、年龄"
    CONTACT = "contact", "联系电话"
    ADDRESS = "address", "住址"
    FAMILY = "family", "家庭成员和关系"
    WORK = "work", "就业、学历和技能"
    IMAGE = "image", "照片和影像"
    CARE = "care", "关爱类标签和帮扶需要"
    HEALTH = "health", "健康信息"
    FINANCE = "finance", "收入、财产和金融账户"
    BIOMETRIC = "biometric", "人脸等生物识别信息"
    WHEREABOUTS = "whereabouts", "位置和行踪"


class ConsentWay(NamedCode):
    """How a consent was given or taken back."""

    OWN = "own", "本人账号"
    COUNTER = "counter", "窗口凭核验"
    PAPER = "paper", "书面"


class ConsentGiver(NamedCode):
    """Who gave it: the person, or the guardian of somebody who cannot consent alone."""

    PERSON = "person", "本人"
    GUARDIAN_OF_MINOR = "guardian_of_minor", "不满十四周岁未成年人的监护人"
    GUARDIAN_OF_INCAPABLE = "guardian_of_incapable", "无民事行为能力或者限制民事行为能力成年人的监护人"


class ConsentState(State):
    """A consent of a person to one purpose. Neither the guardian nor the paper's number is told."""

    noun: ClassVar = "registry.consent"
    channel: ClassVar = Topic(
        noun,
        "registry.consents",
        tells=(
            "某位居民（按标识）同意或撤回同意为哪一目的处理哪几组信息，从何时到何时",
            "to which purpose a person (by id) has consented or no longer consents, for which data, from when to when",
        ),
    )
    id: UUID = Field(description="同意标识 id of the consent", examples=["0197d0c0-ac04-7b02-8c03-0d04e05f0604"])
    person_id: UUID = Field(
        description="居民 id of the person whose data it is", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    purpose: ConsentPurpose = Field(description="处理目的 what it is given for", examples=["volunteers"])
    groups: tuple[ConsentGroup, ...] = Field(
        description="信息类别 groups of data that it covers", examples=[["name", "contact"]]
    )
    giver: ConsentGiver = Field(description="同意人 the person, or a guardian", examples=["person"])
    way: ConsentWay = Field(description="方式 how it was given", examples=["counter"])
    status: ConsentStatus = Field(description="状态 valid, withdrawn, ended or annulled", examples=["valid"])
    given_on: date = Field(description="同意日 first day on which it holds", examples=["2026-11-01"])
    until: date | None = Field(
        default=None,
        description="截止日 first day on which it holds no more, as agreed on; null if open-ended",
        examples=["2027-11-01"],
    )
    ended_on: date | None = Field(
        default=None,
        description="终止日 first day on which it holds no more because it was withdrawn, or ended with its person",
    )


class ConsentGiven(Fact[ConsentState]):
    """A consent was given, or goes on at the survivor of a merge."""

    type: ClassVar = "registry.consent.given"


class ConsentWithdrawn(Fact[ConsentState]):
    """A consent was withdrawn: nothing is processed by it from that day on."""

    type: ClassVar = "registry.consent.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn", "ended_on": "2026-11-20"}}


class ConsentEnded(Fact[ConsentState]):
    """A consent ended with the death, departure or merge of its person."""

    type: ClassVar = "registry.consent.ended"
    example: ClassVar = {"state": {"version": 2, "status": "ended", "ended_on": "2026-11-20"}}


class ConsentAnnulled(Fact[ConsentState]):
    """A consent was entered by mistake: it never was."""

    type: ClassVar = "registry.consent.annulled"
    example: ClassVar = {"state": {"version": 2, "status": "annulled"}}


class ConsentRestored(Fact[ConsentState]):
    """What was done last was undone, or the life event with which it had ended was."""

    type: ClassVar = "registry.consent.restored"
    example: ClassVar = {"state": {"version": 3}}


class ConsentRestated(Fact[ConsentState]):
    """The same version again, on request."""

    type: ClassVar = "registry.consent.restated"


class ConsentCountState(State):
    """What a consent counts as: a purpose, its days, and the villages in which whoever has given it lived meanwhile.

    It has an id of its own and names neither the consent nor the person: it counts, and does not point.
    """

    noun: ClassVar = "registry.consent_count"
    channel: ClassVar = Topic(
        noun,
        "registry.consent_counts_restricted",
        readers=("indicators",),
        published=False,
        tells=(
            "某村（社区）有一人为哪一目的同意处理个人信息，从何时到何时，不说明是谁",
            "in which village somebody has consented to which purpose, from when to when, not who it is",
        ),
    )
    id: UUID = Field(
        description="统计标识 id under which it is counted", examples=["0197d0c0-ac04-7b02-8c03-0d04e05f0705"]
    )
    purpose: ConsentPurpose = Field(description="处理目的 what it is given for", examples=["volunteers"])
    status: ConsentStatus = Field(description="状态 valid, withdrawn, ended or annulled", examples=["valid"])
    given_on: date = Field(description="同意日 first day on which it holds", examples=["2026-11-01"])
    until: date | None = Field(
        default=None, description="截止日 first day on which it holds no more, as agreed on; null if open-ended"
    )
    ended_on: date | None = Field(
        default=None, description="终止日 first day on which it holds no more because it was withdrawn or has ended"
    )
    residence: tuple[Span, ...] = Field(
        default=(),
        description="居住地 villages of residence while it holds, oldest first",
        examples=[[{"area": "450481114201", "kind": "registered", "start": "2026-11-01", "end": None}]],
    )


class ConsentCounted(Fact[ConsentCountState]):
    """A consent counts so from now on: it was given, changed, or its person lives in another village."""

    type: ClassVar = "registry.consent_count.counted"


class ConsentCountRestated(Fact[ConsentCountState]):
    """The same version again, on request."""

    type: ClassVar = "registry.consent_count.restated"
