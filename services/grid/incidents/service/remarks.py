"""What somebody says with a step: why or with which result, in words, and with photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.grid.incidents.domain.codes import Reason


@dataclass(frozen=True)
class Remark:
    """Why or with which result somebody took a step: a code, free text that stays sealed here, and photos."""

    reason: Reason | None = None
    note: str | None = None
    photos: Sequence[UUID] = ()


NO_REMARK = Remark()
