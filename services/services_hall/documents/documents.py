"""What each document says (文书内容), out of the case, its item's version and who applies."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from services.services_hall.cases.domain.codes import (
    DeliveryWay,
    DenialReason,
    ExtensionReason,
    MaterialProblem,
    MaterialStatus,
    Recipient,
    RefusalReason,
    SpecialProcedure,
)
from services.services_hall.cases.domain.materials import status_of
from services.services_hall.cases.models import Case
from services.services_hall.documents.domain import DocumentKind
from services.services_hall.items.domain.codes import MaterialForm
from services.services_hall.items.models import ItemVersion
from shared.clock import SHANGHAI, business_day

PERMIT = "《中华人民共和国行政许可法》"
Table = Mapping[str, Any]


@dataclass(frozen=True)
class Telling:
    """What a document is made of. `reason` and `paused_at`: as its step recorded them, whatever came after it.

    `name`: the applicant's; `departments`: Chinese names by code. Shows nothing.
    """

    case: Case
    version: ItemVersion
    reason: str | None
    paused_at: datetime | None
    departments: Mapping[str, str]
    name: str = field(repr=False)
    number: str | None = field(repr=False)

    @property
    def matter(self) -> str:
        return f"“{self.version.name}”（办件编号：{self.case.number}）"

    @property
    def office(self) -> str:
        return self.departments.get(self.case.department, self.case.department)


@dataclass(frozen=True)
class Said:
    """The body of a document: paragraphs, a table, what may be done against it, lines to be signed."""

    title: str
    paragraphs: Sequence[str]
    table: Table | None = None
    facts: Sequence[Sequence[str]] = ()


def said_of(kind: DocumentKind, telling: Telling) -> Said:
    """The body of the document of a step of a case."""
    return _SAYING[kind](telling)


def passing_said(kind: DocumentKind, telling: Telling, name: str, at: datetime, giver: str, receiver: str) -> Said:
    """The body of a receipt of custody: which original went from whose hands into whose, and when."""
    local = at.astimezone(SHANGHAI)
    facts = [
        ("原件名称", name),
        ("交出方", giver),
        ("接收方", receiver),
        ("交接时间", f"{day(local.date())}{local:%H:%M}"),
        ("交出方签名", ""),
        ("接收方签名", ""),
    ]
    return Said(
        kind.label,
        [f"{telling.matter}代办所需的下列原件已当面清点交接，{_CUSTODY[kind]}代办服务不收取任何费用。"],
        facts=facts,
    )


def content_of(said: Said, telling: Telling, number: str, on: date) -> dict[str, Any]:
    """The document as it is sealed and set: JSON."""
    return {
        "title": said.title,
        "number": number,
        "addressee": telling.name,
        "paragraphs": list(said.paragraphs),
        "table": said.table,
        "facts": [list(one) for one in said.facts],
        "office": telling.office,
        "item": telling.version.name,
        "case": telling.case.number,
        "date": day(on),
    }


def day(on: date) -> str:
    """A day as documents write it: 2026年3月16日."""
    return f"{on.year}年{on.month}月{on.day}日"


def _on(at: datetime | None) -> str:
    return "—" if at is None else day(business_day(at))


def _day(on: date | None) -> str:
    return "—" if on is None else day(on)


def _receipt(t: Telling) -> Said:
    rows = [
        [str(n), one["name"], MaterialForm(one["form"]).label, str(one["copies"]), status_of(t.case.materials, n).label]
        for n, one in enumerate(t.version.materials, 1)
    ]
    words = f"您申请办理{t.matter}的材料，本窗口已于{_on(t.case.received_at)}收到，清单如下。"
    after = "本凭证只证明收到材料，不代表已经受理；是否受理，将在五个工作日内告知。"
    titles = ("序号", "材料名称", "形式", "份数", "状态")
    return Said("收件凭证", [words, after], _table(titles, "auto 1fr auto auto auto", rows))


def _notice(t: Telling) -> Said:
    notice = t.case.notice or {"materials": [], "until": None}
    rows = [
        [str(n), t.version.materials[one["number"] - 1]["name"], MaterialProblem(one["problem"]).label]
        for n, one in enumerate(notice["materials"], 1)
    ]
    words = (
        f"您申请办理{t.matter}，经审查，申请材料不齐全或者不符合法定形式。根据{PERMIT}第三十二条的规定，"
        f"现将需要补正的全部内容一次性告知，请于{_day(t.case.supply_until)}前补正。逾期未补正的，本次办理终止，可以重新申请。"
    )
    return Said("一次性告知书", [words], _table(("序号", "材料名称", "需要补正的问题"), "auto 1fr 1fr", rows))


def _acceptance(t: Telling) -> Said:
    promised = f"自受理次日起{t.case.promised_days}个工作日内" if t.case.promised_days else "当场"
    words = (
        f"您申请办理{t.matter}，根据{PERMIT}第三十二条的规定，已于{_on(t.case.accepted_at)}予以受理。"
        f"本机关承诺{promised}办结，应于{_day(t.case.due_on)}前作出决定。"
    )
    deferred = [
        [t.version.materials[one["number"] - 1]["name"], _day(date.fromisoformat(one["promised_on"]))]
        for one in t.case.materials
        if one["status"] == MaterialStatus.DEFERRED
    ]
    more = ["下列材料容缺受理，请在承诺日期前补交；材料未补齐的，不作出准予决定。"] if deferred else []
    table = _table(("容缺材料", "承诺补交日期"), "1fr auto", deferred)
    return Said("受理通知书", [words, *more], table)


def _refusal(t: Telling) -> Said:
    competent = t.case.competent_department
    to = f"请向{t.departments.get(competent, competent)}申请。" if competent else ""
    reason = RefusalReason(t.reason).label if t.reason else "见所附说明"
    words = f"您申请办理{t.matter}，经审查，{reason}，根据{PERMIT}第三十二条的规定，决定不予受理。{to}"
    return Said("不予受理通知书", [words, _remedies(t.case)])


def _special(t: Telling) -> Said:
    procedure = SpecialProcedure(t.reason).label if t.reason else "特别程序"
    words = (
        f"您申请办理{t.matter}，需要进行{procedure}。根据{PERMIT}第四十五条的规定，自{_on(t.paused_at)}起，"
        "所需时间不计算在办理期限内。特别程序结束后恢复办理，并重新告知办结日期。"
    )
    return Said("特别程序告知书", [words])


def _extension(t: Telling) -> Said:
    reason = ExtensionReason(t.reason).label if t.reason else "情况特殊"
    words = (
        f"您申请办理{t.matter}，因{reason}，不能在原期限内办结。根据{PERMIT}第四十二条的规定，经本机关负责人批准，"
        f"办理期限延长{t.case.extended_days}个工作日，延长至{_day(t.case.due_on)}。"
    )
    return Said("延期通知书", [words])


def _decision(t: Telling) -> Said:
    if t.case.granted:
        result = (t.version.result or {}).get("name")
        gives = f"，发给{result}" if result else ""
        words = f"您申请办理{t.matter}，经审查，符合法定条件、标准，决定准予{gives}。"
        return Said("准予决定书", [words])
    reason = DenialReason(t.reason).label if t.reason else "见所附说明"
    words = f"您申请办理{t.matter}，经审查，{reason}，根据{PERMIT}第三十八条的规定，决定不予许可。"
    return Said("不予许可决定书", [words, _remedies(t.case)])


def _closing(t: Telling) -> Said:
    result = "准予" if t.case.granted else "不予许可"
    words = (
        f"您申请办理{t.matter}，本机关已于{_on(t.case.decided_at)}作出{result}的决定，并于{_on(t.case.closed_at)}办结。"
        f"办理结果将在{_day(t.case.deliver_by)}前送达，也可以持本通知书到受理窗口领取。"
    )
    return Said("办结通知书", [words])


def _delivery(t: Telling) -> Said:
    delivery: Mapping[str, Any] = t.case.delivery or {}
    facts = [
        ("受送达人", t.name),
        ("送达文书", f"{t.version.name}办理结果（办件编号：{t.case.number}）"),
        ("送达方式", DeliveryWay(delivery["way"]).label if delivery else "—"),
        ("签收人", Recipient(delivery["recipient"]).label if delivery else "—"),
        ("签收日期", _day(date.fromisoformat(delivery["received_on"])) if delivery else "—"),
        ("邮件单号", delivery.get("tracking") or "—"),
        ("签名或盖章", ""),
    ]
    return Said("送达回证", [], facts=facts)


def _remedies(case: Case) -> str:
    return (
        f"如不服本决定，可以自收到本文书之日起六十日内（{_day(case.review_until)}前）申请行政复议，"
        f"或者六个月内（{_day(case.suit_until)}前）向人民法院提起行政诉讼。"
    )


def _table(titles: Sequence[str], widths: str, rows: Sequence[Sequence[str]]) -> Table | None:
    return {"titles": titles, "widths": widths.split(), "rows": rows} if rows else None


_CUSTODY: Mapping[DocumentKind, str] = {
    DocumentKind.CUSTODY_RECEIPT: "由接收方妥善保管，办结后归还申请人。",
    DocumentKind.CUSTODY_HAND_OVER: "自签收起由接收方保管。",
    DocumentKind.CUSTODY_RETURN: "申请人已收回原件，保管责任终止。",
}
_SAYING: Mapping[DocumentKind, Callable[[Telling], Said]] = {
    DocumentKind.RECEIPT: _receipt,
    DocumentKind.NOTICE: _notice,
    DocumentKind.ACCEPTANCE: _acceptance,
    DocumentKind.REFUSAL: _refusal,
    DocumentKind.SPECIAL: _special,
    DocumentKind.EXTENSION: _extension,
    DocumentKind.DECISION: _decision,
    DocumentKind.CLOSING: _closing,
    DocumentKind.DELIVERY: _delivery,
}
