"""pdf: documents of cases as PDF/A, set by one thread, in documents a second of processor time; control: 20, what a
counter needs on one core so that nobody waits for a paper.
"""

import time
from datetime import UTC, date, datetime
from typing import Any

from services.services_hall.cases.models import Case
from services.services_hall.documents.documents import Telling, content_of, said_of
from services.services_hall.documents.domain import DocumentKind
from services.services_hall.items.models import ItemVersion
from shared.papers.typesetting import qr_code, typeset
from shared.reference.departments import DEPARTMENTS
from tests.bench.harness import Goal, Measure, Outcome

PDF = Goal("pdf", "documents of cases as PDF/A a second of one core, over the 20 that are needed", 3.0, 1.0)
NEEDED, DOCUMENTS, ROUNDS = 20.0, 200, 3
AT = datetime(2026, 3, 16, 2, tzinfo=UTC)


def document(number: int) -> dict[str, Any]:
    """A receipt with eight materials, its name and number its own, as `Documents.fetch` has it set."""
    materials = [
        {"name": f"第{n}份申请材料原件及复印件", "form": "copy", "copies": 1, "required": True, "deferrable": False}
        for n in range(1, 9)
    ]
    version = ItemVersion(name="最低生活保障申请", materials=materials, result=None)
    case = Case(number=f"XLBM-000120260316{number:04}", department="civil_affairs", received_at=AT, materials=[])
    telling = Telling(case, version, None, None, DEPARTMENTS, f"示例{chr(0x4E00 + number % 20_000)}", None)
    content = content_of(said_of(DocumentKind.RECEIPT, telling), telling, f"收〔2026〕{number} 号", date(2026, 3, 16))
    target = f"https://hall.example/services-hall/v1/verify?token={number:020}&code={number:016}"
    return {**content, "voided": False, "verify": {"lines": [f"校验码：{number:016}"], "qr": qr_code(target)}}


def rate(start: int) -> float:
    """Documents a second of processor time; each is another one."""
    began = time.process_time()
    for number in range(start, start + DOCUMENTS):
        typeset("notice", document(number), at=AT)
    return DOCUMENTS / (time.process_time() - began)


def measure() -> Outcome:
    typeset("notice", document(0), at=AT)  # fonts and templates are read once in a process
    ours = tuple(rate(1 + turn * DOCUMENTS) for turn in range(ROUNDS))
    return Outcome(tuple(one / NEEDED for one in ours), ours, (NEEDED,) * ROUNDS, "documents/s")


GOALS: dict[Goal, Measure] = {PDF: measure}
