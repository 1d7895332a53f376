"""Rules of erasing in grid (网格个人信息清除): what is in the way, and what is refused at the open door."""

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode


class GridHold(NamedCode):
    """What is open of an entry that has ended: nothing of it is erased for now."""

    INCIDENT_OPEN = "incident_open", "所属事件尚未办结"
    CALL_DUE = "call_due", "尚待满意度回访"


class PublicReportErasureHeld(DomainError):
    """The report is not decided yet, or what goes on for it has not ended."""

    kind, code, title = ErrorKind.CONFLICT, "public_report_erasure_held", "该上报尚未办结，暂不能清除"
    advice = "尚未审核的请使用“撤回”；已立案的请在办结后再清除"


def require_free(held: bool) -> None:
    """Raises `PublicReportErasureHeld`."""
    if held:
        raise PublicReportErasureHeld
