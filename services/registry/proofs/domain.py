"""Rules of proofs (本人核验): what proves that the resident is there, how long it serves, what is refused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.registry.persons.domain import Identity, PersonRecord
from shared.auth.access_entries import Purpose
from shared.contracts.registry.persons import PersonStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

VALID = timedelta(minutes=15)
"""How long a proof serves, and how long a code can be used."""
TRIES, WITHIN = 5, timedelta(hours=24)
"""Wrong proofs of one number after which none is taken for a while, whoever tries."""
CODE_DIGITS = 8
LIVING = frozenset({PersonStatus.ACTIVE, PersonStatus.MOVED_OUT, PersonStatus.MISSING})
"""Who has rights of their own: also who has left the county, whose entry is kept."""


class ProofMeans(NamedCode):
    """What the resident proves it with, besides the document."""

    PHONE = "phone", "登记电话"
    CODE = "code", "一次性办事码"


class ProofStatus(NamedCode):
    """Where a proof stands. `failed`: number and second fact did not belong together, or nobody has the number."""

    OPEN = "open", "核验通过"
    FAILED = "failed", "核验未通过"
    CLOSED = "closed", "已结束"


class ProofSide(NamedCode):
    """From which side proofs are listed: those given at the counters of an area, or those of its persons."""

    COUNTER = "counter", "本地受理"
    HOME = "home", "涉及本地居民"


TRANSITIONS: dict[ProofStatus, frozenset[ProofStatus]] = {
    ProofStatus.OPEN: frozenset({ProofStatus.CLOSED}),
    ProofStatus.FAILED: frozenset(),
    ProofStatus.CLOSED: frozenset(),
}


@dataclass(frozen=True, slots=True, repr=False)
class GivenProof:
    """What a resident has given at a counter. The repr shows nothing."""

    place: str
    purpose: Purpose
    document: Identity
    means: ProofMeans
    fact: str


@dataclass(frozen=True, slots=True)
class ProofRecord:
    """A proof as stored. `person_id`: who has the number, None if nobody; the counter is told only of an open one.

    `uses`: how often something was read or sealed by it. `code_by`: who gave out the code that proved it.
    """

    id: UUID
    version: int
    status: str
    place: str
    purpose: str
    means: str
    person_id: UUID | None
    opened_by: str
    opened_at: datetime
    expires_at: datetime
    closed_by: str | None
    closed_at: datetime | None
    uses: int
    code_by: str | None = None

    def serves(self, now: datetime) -> bool:
        """Whether something can still be done by it."""
        return self.status == ProofStatus.OPEN and now < self.expires_at


class ProofOver(DomainError):
    """It was closed, its minutes are over, or it was never a proof."""

    kind, code, title = ErrorKind.CONFLICT, "proof_over", "核验未通过、已结束或已超时"
    advice = "请居民再次出示证件并提供登记电话或办事码，重新核验"


class ProofForOther(DomainError):
    """A proof serves the one purpose that it was opened for."""

    kind, code, title = ErrorKind.CONFLICT, "proof_for_other_purpose", "该核验不是为此用途办理的"
    advice = "请以“本人查看”为用途重新核验"


class ProofCodeByCounter(DomainError):
    """Who gave out the code is not who reads by it: what is kept about somebody is handed out by two of us."""

    kind, code, title = ErrorKind.FORBIDDEN, "proof_code_by_counter", "办事码由您本人发放，不能由您凭此提供个人信息"
    advice = "请由另一位工作人员受理，或由其他工作人员发放办事码后重新核验"


class ProofDecided(DomainError):
    """There is nothing to close."""

    kind, code, title = ErrorKind.CONFLICT, "proof_not_open", "该核验未通过或已结束"
    advice = "请刷新后查看；无须再办"


SERVING = (ProofOver, ProofForOther, ProofCodeByCounter)
"""What is refused to who serves somebody by a proof with what is kept about them."""


def serves_whom(purpose: Purpose, person: PersonRecord | None) -> bool:
    """Whether somebody is served for a purpose: residents for any, who has left for what is kept about themselves."""
    if person is None:
        return False
    return person.status == PersonStatus.ACTIVE or (purpose is Purpose.SELF and person.status in LIVING)


def require_transition(present: str, to: ProofStatus) -> None:
    """Raises `ProofDecided` unless the table allows it."""
    if to not in TRANSITIONS[ProofStatus(present)]:
        raise ProofDecided
