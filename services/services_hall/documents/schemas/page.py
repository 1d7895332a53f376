"""Page on which anybody verifies a paper (文书查验): whole in itself, without scripts, for phones and large type."""

import base64
import hashlib
from html import escape

from services.services_hall.documents.domain import Verification
from services.services_hall.documents.service.documents import Verified

STYLE = (
    "body{font:18px/1.7 sans-serif;max-width:36rem;margin:0 auto;padding:1.2rem;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.4rem}dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem}dt{color:#555}dd{margin:0}"
    ".good,.bad{padding:.7rem 1rem;border-radius:.4rem;font-weight:bold}"
    ".good{background:#e5f4e8;color:#14532d}.bad{background:#fdeaea;color:#8a1c1c}"
    "label{display:block;margin:.8rem 0 .2rem}input,button{font:inherit;width:100%;box-sizing:border-box;padding:.5rem}"
    "button{margin-top:1rem;background:#1d4f91;color:#fff;border:0;border-radius:.4rem}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
"""What the page may do: its own style and its own form, nothing else."""

_SAID = {
    Verification.GENUINE: "此文书由本机关出具，现为有效文书。请核对以下内容与手中文书一致。",
    Verification.VOIDED: "此文书已作废，不再有效。",
    Verification.SUPERSEDED: "此文书由本机关出具，但所记载的步骤已经变更，请以最新文书为准。",
    Verification.WRONG_HASH: "校验码不符：手中文书的内容可能被改动，或校验码输入有误。请到出具单位核实。",
}
_UNKNOWN = "没有此查验编号。请核对后重新输入；仍查不到的，请到出具单位核实。"


def page_of(told: Verified | None, *, unknown: bool = False) -> str:
    """The page: what was found, or the form alone. Nothing that was asked for is repeated."""
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>文书查验</title><style>{STYLE}</style></head><body><main><h1>文书查验</h1>"
        f"{_found(told, unknown)}{_FORM}</main></body></html>"
    )


def _found(told: Verified | None, unknown: bool) -> str:
    if told is None:
        return f'<p class="bad" role="alert">{_UNKNOWN}</p>' if unknown else ""
    shown = "good" if told.outcome is Verification.GENUINE else "bad"
    facts = [
        ("文书", told.kind and told.kind.label),
        ("文号", told.number),
        ("当事人", told.name),
        ("办理事项", told.item),
        ("办件编号", told.case),
        ("出具单位", told.office),
        ("出具日期", told.date),
    ]
    lines = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts if value)
    return f'<p class="{shown}" role="status">{_SAID[told.outcome]}</p>' + (f"<dl>{lines}</dl>" if lines else "")


_FORM = (
    '<form method="get"><label for="token">查验编号</label>'
    '<input id="token" name="token" required maxlength="40" autocomplete="off">'
    '<label for="code">校验码</label><input id="code" name="code" required maxlength="32" autocomplete="off">'
    "<button>查验</button></form>"
)
