"""Rules of definitions: statuses, refusals, and which permissions a definition hands out."""

from collections.abc import Collection
from typing import ClassVar

from shared.errors import DomainError, ErrorKind, FieldError
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.mapping import Mapping
from shared.ledgers.grammar.words import Privacy
from shared.reference.named_code import NamedCode

MAX_VERSIONS = 100
"""Published versions of a ledger: all of them stand in its state."""

MAX_STATE = 400_000
"""Bytes of a ledger's state: a message carries all its versions."""


class LedgerStatus(NamedCode):
    """A ledger is published, and one day retired. A draft is no ledger yet."""

    PUBLISHED = "published", "已发布"
    RETIRED = "retired", "已停用"


class LedgerOfAnother(DomainError):
    """The definition names another service as its keeper."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "ledger_of_another"
    title: ClassVar = "台账归口与此服务不符"
    advice: ClassVar = "请在归口服务中起草，或更正归口"


class DraftExists(DomainError):
    """The ledger has a draft already."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "draft_exists"
    title: ClassVar = "该台账已有草稿"
    advice: ClassVar = "请修改已有草稿，或先作废"


class SamePerson(DomainError):
    """Who had a hand in a draft does not publish it."""

    kind: ClassVar = ErrorKind.FORBIDDEN
    code: ClassVar = "same_person"
    title: ClassVar = "起草人不得发布自己起草的台账"
    advice: ClassVar = "请由另一位有发布权限的人员核对后发布"


class GrantsMore(DomainError):
    """The definition hands out a permission that the caller does not hold over the county."""

    kind: ClassVar = ErrorKind.FORBIDDEN
    code: ClassVar = "grants_more"
    title: ClassVar = "台账使用的权限超出您的授权"
    advice: ClassVar = "请改用您持有的全县权限，或由持有该权限的人员办理"


class OpensInThePast(DomainError):
    """A version opens today or later, and not before the version before it."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "opens_in_the_past"
    title: ClassVar = "启用日不得早于今天，也不得早于上一版本的启用日"
    advice: ClassVar = "请更改启用日后重新提交"


class PrivacyLoosened(DomainError):
    """A field would become less private than its records were promised."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "privacy_loosened"
    title: ClassVar = "已有记录的内容不得降低保密级别"
    advice: ClassVar = "请保持原保密级别，或另设新的项目"


class CannotMove(DomainError):
    """The version is not additive, and no mapping says what becomes of the records."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "mapping_missing"
    title: ClassVar = "新版本改动了已有内容，须说明已有记录如何对应"
    advice: ClassVar = "请填写新旧对应关系，先试算，再发布"


class WrongMapping(DomainError):
    """The mapping names what is not there, or joins what differs in type. `errors` says where."""

    kind: ClassVar = ErrorKind.INVALID
    code: ClassVar = "mapping_wrong"
    title: ClassVar = "新旧对应关系不正确"
    advice: ClassVar = "请按所列各项改正后重新提交"


class LedgerRetired(DomainError):
    """The ledger is retired: it is read, and nothing new stands in it."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "ledger_retired"
    title: ClassVar = "台账已停用"
    advice: ClassVar = "已有记录仍可查询；如需登记，请使用新的台账"


class NotOpenYet(DomainError):
    """The first version of the ledger opens on a later day."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "ledger_not_open_yet"
    title: ClassVar = "台账尚未启用"
    advice: ClassVar = "请在启用日之后登记"


class TooManyVersions(DomainError):
    """All versions of a ledger together are more than its state carries."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "too_many_versions"
    title: ClassVar = "台账版本过多或内容过大"
    advice: ClassVar = "请停用此台账，另起草一个新的台账"


def handed_out(ledger: Ledger) -> dict[str, str]:
    """Permissions that a definition hands out, each with the place where it is named."""
    access = ledger.definition.access
    found = {
        access.read: "access.read",
        access.write: "access.write",
        access.bulk: "access.bulk",
        access.export: "access.export",
    }
    if SEALED & set(ledger.privacy.values()):
        found.setdefault(access.personal, "access.personal")
    if Privacy.RESTRICTED in ledger.privacy.values():
        found.setdefault(access.restricted, "access.restricted")
    for place, step in enumerate(ledger.definition.steps):
        found.setdefault(step.permission, f"steps.{place}.permission")
    for place, limit in enumerate(ledger.limits):
        if limit.extension is not None:
            found.setdefault(limit.extension.permission, f"clock.limits.{place}.extension.permission")
    if ledger.definition.accounts is not None:
        for place, posting in enumerate(ledger.definition.accounts.postings):
            found.setdefault(posting.permission, f"accounts.postings.{place}.permission")
            found.setdefault(posting.reverse_permission, f"accounts.postings.{place}.reverse_permission")
        if ledger.definition.accounts.closes_monthly:
            found.setdefault(ledger.definition.accounts.close_permission, "accounts.close_permission")
            found.setdefault(ledger.definition.accounts.reopen_permission, "accounts.reopen_permission")
    return found


def loosened(old: Ledger, new: Ledger, mapping: Mapping | None = None) -> list[str]:
    """Fields, columns and computed fields of the newer that are less private than what both know, or than what becomes
    the other, is in the older.
    """
    found = []
    renamed = {one.old: one.new for one in mapping.fields} if mapping else {}
    for name, privacy in old.privacy.items():
        table, _, column = name.partition(".")
        moved = renamed.get(name) or (f"{renamed[table]}.{column}" if column and table in renamed else name)
        now = new.privacy.get(moved)
        if now is not None and now.strictness < privacy.strictness:
            found.append(moved)
    return found


def keep_private(old: Ledger, new: Ledger, mapping: Mapping | None = None) -> None:
    """Raises `PrivacyLoosened` for what is loosened.

    That its records travelled on the topic that county systems do not read is a promise too.
    """
    message = "此字段的保密级别比原版本低"
    errors = [FieldError(f"definition.{name}", "privacy_loosened", message) for name in loosened(old, new, mapping)]
    if old.travels_restricted and not new.travels_restricted:
        errors.append(FieldError("definition.access.travels_openly", "privacy_loosened", "原版本的记录不公开传输"))
    if errors:
        raise PrivacyLoosened(new.code, errors=errors)


def fresh_search_fields(old: Ledger, new: Ledger, renamed: Collection[str] = ()) -> list[str]:
    """Search fields of a version by which the records of the one before are not found as they stand."""
    return [
        name
        for name, index in new.search_fields.items()
        if name in renamed or (name in old.fields and old.search_fields.get(name) is not index)
    ]


DRAFTING = (LedgerOfAnother, LedgerRetired, GrantsMore, PrivacyLoosened, WrongMapping)
"""What a draft of a definition is refused for."""
PUBLISHING = (*DRAFTING, SamePerson, OpensInThePast, CannotMove, TooManyVersions)
"""What its publication is refused for."""
