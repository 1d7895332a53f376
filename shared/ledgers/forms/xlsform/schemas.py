"""Bodies of drafting from an XLSForm."""

from typing import Self
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Body, View
from shared.ledgers.definitions.models import LedgerDraft
from shared.ledgers.definitions.schemas import LedgerDraftView
from shared.ledgers.forms.xlsform.drafting import DraftedForm
from shared.ledgers.forms.xlsform.sheets import Told


class DraftFromXlsForm(Body):
    """Which workbook a ledger is drafted from."""

    file: UUID = Field(description="文件标识 of an `.xlsx` or `.xls` that the caller uploaded")


class XlsFormFindingView(View):
    """What was not taken over as it stands in the workbook."""

    sheet: str = Field(description="工作表", examples=["survey"])
    cell: str = Field(description="单元格 as programs show it", examples=["A7"])
    code: str = Field(description="错误代码", examples=["type_not_taken"])
    message: str = Field(description="说明 what it means and what to do", examples=["此类题目不能成为台账的项目"])

    @classmethod
    def of(cls, told: Told) -> Self:
        return cls.model_validate(told)


class XlsFormDraftView(LedgerDraftView):
    """A draft out of an XLSForm, with what was left out of it."""

    findings: list[XlsFormFindingView] = Field(description="未采用的内容 by sheet and cell; empty: all was taken over")

    @classmethod
    def drafted(cls, row: LedgerDraft, form: DraftedForm) -> Self:
        """The draft with what the workbook says besides."""
        findings = [XlsFormFindingView.of(one) for one in form.told]
        return cls.model_validate({**dict(LedgerDraftView.of(row)), "findings": findings})
