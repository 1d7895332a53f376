"""Page on which somebody rates a contact by a link (好差评): whole in itself, for phones and large type.

The token stands behind the `#` of the link: no server, proxy or log sees it before it is sent.
"""

import base64
import hashlib

from services.services_hall.ratings.domain import MOST_REMARK, RatingReason
from shared.reference.satisfaction import Satisfaction

STYLE = (
    "body{font:18px/1.7 sans-serif;max-width:36rem;margin:0 auto;padding:1.2rem;color:#1a1a1a;background:#fff}"
    "h1{font-size:1.4rem}fieldset{border:1px solid #bbb;border-radius:.4rem;margin:1rem 0}"
    "label{display:block;padding:.35rem 0}input{width:1.3rem;height:1.3rem;vertical-align:middle;margin-right:.5rem}"
    "textarea,button{font:inherit;width:100%;box-sizing:border-box;padding:.5rem}[hidden]{display:none}"
    "button{margin-top:1rem;background:#1d4f91;color:#fff;border:0;border-radius:.4rem}"
    "#said{padding:.7rem 1rem;border-radius:.4rem;background:#eef3fa;font-weight:bold}"
)
SCRIPT = """
const token = location.hash.slice(1), said = document.getElementById('said');
const form = document.getElementById('form'), back = document.getElementById('back');
async function ask(path, body) {
  const answer = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'},
    body: JSON.stringify({token, ...body}), referrerPolicy: 'no-referrer', credentials: 'omit'});
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.title + '。' + (told.advice || ''));
  return told;
}
async function show() {
  try {
    const told = await ask('contact-ratings/look', {});
    said.textContent = told.item + '：' + told.contact_name;
    form.hidden = told.level !== null;
    back.hidden = told.level === null;
    if (told.level !== null) said.textContent += '（您已评价）';
  } catch (wrong) { said.textContent = wrong.message; }
}
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const given = new FormData(form), remark = given.get('remark').trim();
  const body = {level: Number(given.get('level')), reasons: given.getAll('reasons')};
  if (remark) body.remark = remark;
  try { await ask('contact-ratings', body); await show(); } catch (wrong) { said.textContent = wrong.message; }
});
back.addEventListener('click', async () => {
  try { await ask('contact-ratings/withdraw', {}); await show(); } catch (wrong) { said.textContent = wrong.message; }
});
show();
"""


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


POLICY = (
    f"default-src 'none'; style-src 'sha256-{_hash(STYLE)}'; script-src 'sha256-{_hash(SCRIPT)}'; connect-src 'self';"
    " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the page may do: its own style and script, and to ask this county."""

_LEVELS = "".join(
    f'<label><input type="radio" name="level" value="{one}" required>{one.label}</label>' for one in Satisfaction
)
_REASONS = "".join(
    f'<label><input type="checkbox" name="reasons" value="{one}">{one.label}</label>' for one in RatingReason
)
PAGE = (
    '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    f'<meta name="referrer" content="no-referrer"><title>办事评价</title><style>{STYLE}</style></head><body><main>'
    '<h1>办事评价</h1><p id="said" role="status">正在读取…</p><form id="form" hidden>'
    f"<fieldset><legend>您对这次办事满意吗？</legend>{_LEVELS}</fieldset>"
    f"<fieldset><legend>不满意的，请选择原因（可不选）</legend>{_REASONS}</fieldset>"
    f'<label for="remark">还想说明的（可不填，请勿填写证件号码）</label><textarea id="remark" name="remark" rows="4" '
    f'maxlength="{MOST_REMARK}"></textarea><button>提交评价</button></form>'
    '<button id="back" hidden>撤回评价</button></main>'
    f"<script>{SCRIPT}</script></body></html>"
)
