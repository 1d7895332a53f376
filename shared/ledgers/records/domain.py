"""Records (台账记录): what is asked for in lists, and what is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.errors import CodeUnlisted, DomainError, ErrorKind, Invalid, NotYet, ReasonRequired
from shared.files.domain import FileAttached, WrongKind
from shared.ledgers.records.standing import Standing

MAX_BULK = 500
"""Records of one step for many."""

MAX_CRITERIA = 5
"""Search fields of one list."""

OPENING, CORRECTION, EXTENSION, RESCHEDULING, WARNING = "open", "correct", "extend", "reschedule", "warn"
IMPORT, FOLLOWING = "import", "follow"
"""Lines of the history that are no step of a lifecycle."""

SYSTEM_ACTOR = "clock"
"""Who acted where the calendar or the time did."""

SUBJECT_ACTOR = "subject"
"""Who acted where a record followed what it is about."""

Indexed = str | Decimal | date
"""A value by which records are found."""


@dataclass(frozen=True)
class Criterion:
    """One condition of a list on a search field: equal, at least, or at most."""

    field: str
    relation: str  # = >= <=
    value: Indexed


@dataclass(frozen=True)
class RecordFilter:
    """What a list shows of what its reader may see; None: everything."""

    area: str | None = None
    status: str | None = None
    overdue: bool | None = None
    subject_id: str | None = None
    criteria: Sequence[Criterion] = ()
    digests: tuple[str, Sequence[bytes]] | None = None  # a sealed field with the blind index of what is looked for


@dataclass(frozen=True)
class NewRecord:
    """What is opened: where it lies, what it is about, and its values in their JSON forms.

    `standing`: where a record of a table stands already; None for one that begins.
    """

    area: str
    values: Mapping[str, Any]
    subject_id: str | None = None
    note: str | None = None
    standing: Standing | None = None


@dataclass(frozen=True)
class StepCall:
    """One step of a record: what it fills, and why it is taken."""

    verb: str
    values: Mapping[str, Any] = field(default_factory=dict)
    reason: str | None = None
    area: str | None = None  # where the record goes, of a step that hands over


@dataclass(frozen=True)
class BulkAnswer:
    """What became of one record of many: its new version, or the refusal."""

    id: UUID
    version: int | None = None
    status: str | None = None
    refusal: DomainError | None = None


class RecordTransitionError(DomainError):
    """The ledger allows the step from other statuses only."""

    kind, code, title = ErrorKind.CONFLICT, "record_transition_not_allowed", "记录当前状态不允许此操作"
    advice = "请刷新查看记录现在的状态和可做的操作"


class RecordStepUnknown(DomainError):
    """The ledger has no such step."""

    kind, code, title = ErrorKind.NOT_FOUND, "record_step_unknown", "该台账没有这项操作"
    advice = "请从台账列出的操作中选择"


class RecordFinal(DomainError):
    """A record that has ended is not corrected: it is reopened first, if its ledger lets it."""

    kind, code, title = ErrorKind.CONFLICT, "record_final", "记录已办结，不能更正"
    advice = "确需更正的，请先重新打开该记录"


class RecordFourEyes(DomainError):
    """Whoever took one of the steps before may not take this one."""

    kind, code, title = ErrorKind.FORBIDDEN, "record_four_eyes", "该操作须由另一人办理"
    advice = "请由未经办过前一环节的人员办理"


class RecordExists(DomainError):
    """A live record of the ledger has these values already, in the caller's own scope."""

    kind, code, title = ErrorKind.CONFLICT, "record_exists", "台账中已有相同的记录"
    advice = "请查找已有的记录，在其上更正或办理"


class RecordNotAcceptedHere(DomainError):
    """A live record has these values, and the caller may not know where."""

    kind, code, title = ErrorKind.CONFLICT, "record_not_accepted_here", "该记录不能在此登记"
    advice = "请联系上级管理员核实"


class RecordAreaLevel(Invalid):
    """The area is not of a level that the ledger names."""

    code, title = "record_area_level", "所属区域的层级与台账不符"
    advice = "请选择台账规定层级的区域"


class RecordAreaUnknown(Invalid):
    """The area does not exist today."""

    code, title = "record_area_unknown", "所属区域不存在"
    advice = "请核对区划代码；新设的区域稍后再试"


class RecordSubjectElsewhere(Invalid):
    """The ledger's records lie where their subject lies, and it lies elsewhere."""

    code, title = "record_subject_elsewhere", "对象不在所选区域"
    advice = "该台账的记录随对象所在区域，请在对象所在的区域登记；对象已搬迁的，请先在居民底册办理"


class RecordSubjectErased(Invalid):
    """The personal values of whom the record is about were erased: nothing sealed is entered about them again."""

    code, title = "record_subject_erased", "该人员的个人信息已依法清除，不能再登记其信息"
    advice = "本人重新入住的，请先凭证件按新居民登记，再在新的登记上办理"


class RecordSubjectMissing(Invalid):
    """The ledger is about something, and the record does not say about what."""

    code, title = "record_subject_missing", "须说明记录的对象"
    advice = "请选择记录所涉及的对象"


class RecordSubjectNotAsked(Invalid):
    """The ledger is about nothing, and the record names something."""

    code, title = "record_subject_not_asked", "该台账的记录没有对象"
    advice = "请去掉所填的对象后重新提交"


class RecordSubjectNotKept(Invalid):
    """This service does not follow what the ledger is about."""

    code, title = "record_subject_not_kept", "此处尚未收录该类对象，不能登记"
    advice = "请联系管理员，换用已收录的对象类别"


class RecordReferenceUnknown(Invalid):
    """A field names a record that is not there, or not for this caller."""

    code, title = "record_reference_unknown", "所引用的记录未找到，或不在您的管辖范围内"
    advice = "请核对所引用的记录"


class RecordFileUnknown(Invalid):
    """A field names a file that is neither an upload of the caller's own nor stands there already."""

    code, title = "record_file_unknown", "未找到所填的附件"
    advice = "请先上传文件，再填写所得的文件标识；附件只能由上传者本人填入"


class RecordFieldNotYours(DomainError):
    """A field is under a permission that the caller does not have there."""

    kind, code, title = ErrorKind.FORBIDDEN, "record_field_not_yours", "您没有填写限制知悉内容的权限"
    advice = "请由有该权限的人员填写"


class RecordFieldRelated(DomainError):
    """A field is judged together with one that the caller may not see: the answer would tell of that one."""

    kind, code, title = ErrorKind.FORBIDDEN, "record_field_related", "此项与您看不到全文的内容有关联，不能单独更改"
    advice = "请连同有关联的内容一并填写，或由可查看完整内容的人员更正"


class RecordStanding(Invalid):
    """A record of a table cannot stand where it says, or not for this caller."""

    code, title = "record_standing", "记录的状态或状态日期不能成立"
    advice = "请核对状态、各状态的日期和您的权限"


class RecordSearchRefused(Invalid):
    """The field is no search field, or not one that may stand in an address."""

    code, title = "record_search_refused", "不能按此项查找"
    advice = "请选择台账中可检索的项目；姓名、电话等请用“查找”功能"


class RecordSearchUnfilled(DomainError):
    """The field became a search field a moment ago, and its index does not hold every record yet."""

    kind, code, title = ErrorKind.UNAVAILABLE, "record_search_unfilled", "该项的检索正在建立，暂不能按此查找"
    advice = "请过几分钟再试，或先按其他项查找；新版本改动了该项的，须先由县级管理员迁移已有记录"


WRITING = (
    *(RecordAreaLevel, RecordAreaUnknown, RecordSubjectMissing, RecordSubjectNotAsked, RecordSubjectNotKept),
    *(RecordSubjectElsewhere, RecordSubjectErased),
    *(RecordReferenceUnknown, RecordFileUnknown, WrongKind, FileAttached, RecordFieldNotYours, RecordExists, NotYet),
    *(CodeUnlisted, RecordFieldRelated),
)
"""What values, area and subject of a record are refused for."""
STEPPING = (RecordTransitionError, RecordStepUnknown, RecordFourEyes, RecordFinal, ReasonRequired)
"""What a step of a record is refused for."""
