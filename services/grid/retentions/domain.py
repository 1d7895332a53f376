"""Kinds of retention in grid (保存期限): how a report, petition, incident or call ended; years that ship."""

from collections.abc import Mapping

from shared.reference.named_code import NamedCode
from shared.retentions.rules import RetentionRule, shipped


class GridRetentionKind(NamedCode):
    """What starts the clock of words and contacts."""

    REPORT_DISMISSED = "report_dismissed", "随手拍不予受理"
    REPORT_TAKEN = "report_taken", "随手拍已立案或并入"
    PETITION_ANSWERED = "petition_answered", "信访答复、复查或复核终结"
    PETITION_REFUSED = "petition_refused", "信访不予受理或转送"
    PETITION_WITHDRAWN = "petition_withdrawn", "信访撤回"
    INCIDENT_ENDED = "incident_ended", "事件结案、不予立案或并案"
    CALL_ENDED = "call_ended", "满意度回访结束"


DEFAULTS: Mapping[GridRetentionKind, RetentionRule] = shipped(
    {
        GridRetentionKind.REPORT_DISMISSED: 1,
        GridRetentionKind.REPORT_TAKEN: 2,
        GridRetentionKind.PETITION_ANSWERED: 10,
        GridRetentionKind.PETITION_REFUSED: 5,
        GridRetentionKind.PETITION_WITHDRAWN: 2,
        GridRetentionKind.INCIDENT_ENDED: 5,
        GridRetentionKind.CALL_ENDED: 1,
    }
)
"""Ours: no statute names years for these; a county sets its own (个人信息保护法 19, 47)."""
