"""核验和: what an owner says of how many states of a noun it holds in which versions; and what a reader asks of it.

Every service has both nouns, with the same facts; `checksum_facts` and `question_facts` make the classes of the facts.
The states of a noun lie in 256 buckets by the first byte of the MD5 of their id. A bucket's sum is that of the first
eight bytes of the MD5 of `id:version`, of all its states, modulo 2⁶⁴: whoever holds the same versions has the same sum.
"""

from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import AwareDatetime, Field, StringConstraints

from shared.contracts.envelope import EARLIEST, LATEST, MAX_COUNT, Code, Fact, State
from shared.contracts.made_facts import FactLine, facts_of
from shared.contracts.topic import Topic

CHECKSUM, QUESTION = "checksum", "checksum_question"
"""Last parts of the nouns of an owner."""
BUCKETS = 256

Sum = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")]
Bucket = Annotated[int, Field(ge=0, lt=BUCKETS)]
Count = Annotated[int, Field(ge=0, le=MAX_COUNT)]

_CHECKSUM_FACTS: tuple[FactLine, ...] = (
    ("taken", "The owner counted the states that it holds of a noun (核验和).", {}, {}),
    ("restated", "The checksum is announced again, unchanged.", {}, {}),
)
_QUESTION_FACTS: tuple[FactLine, ...] = (
    ("asked", "A reader holds other versions than the owner says, and asks for them again (核验请求).", {}, {}),
    ("restated", "The question is announced again, unchanged.", {}, {}),
)


class ChecksumState(State):
    """How many states of a noun its owner holds, and in which versions, by bucket. Nothing of what they say."""

    id: Code = Field(description="名词 noun whose states were counted", examples=["registry.person"])
    taken_at: AwareDatetime = Field(
        ge=EARLIEST, le=LATEST, description="核验时间 when they were counted", examples=["2026-11-03T19:00:00Z"]
    )
    counts: tuple[Count, ...] = Field(
        min_length=BUCKETS,
        max_length=BUCKETS,
        description="各桶数量 how many states lie in each of the 256 buckets",
        examples=[[3] * BUCKETS],
    )
    sums: tuple[Sum, ...] = Field(
        min_length=BUCKETS,
        max_length=BUCKETS,
        description="各桶核验和 sum of each bucket modulo 2⁶⁴, in hexadecimal",
        examples=[["9f86d081884c7d65"] * BUCKETS],
    )
    run: Count | None = Field(
        default=None, description="重发轮次 revision under which buckets were announced again; null if none were"
    )
    reader: Code | None = Field(default=None, description="请求方 service that had asked for them; null if none had")
    buckets: tuple[Bucket, ...] = Field(default=(), description="重发的桶 buckets that were announced again")


class ChecksumQuestionState(State):
    """Which buckets of a noun a reader holds in other versions than their owner says."""

    id: Code = Field(description="名词 noun that is asked about", examples=["registry.person"])
    asked_at: datetime = Field(description="请求时间 when the difference was found", examples=["2026-11-03T19:05:00Z"])
    buckets: tuple[Bucket, ...] = Field(description="不符的桶 buckets that differ", examples=[[17, 203]])


C = TypeVar("C", bound=ChecksumState)
Q = TypeVar("Q", bound=ChecksumQuestionState)


def checksum_facts(state: type[C]) -> dict[str, type[Fact[C]]]:
    """The classes of the facts of an owner's checksums, by their last word."""
    return facts_of(state, _CHECKSUM_FACTS)


def question_facts(state: type[Q]) -> dict[str, type[Fact[Q]]]:
    """The classes of the facts of a reader's questions, by their last word."""
    return facts_of(state, _QUESTION_FACTS)


def checksum_topic(owner: str, what: str, *readers: str) -> Topic:
    """The topic of an owner's checksums. `what`: in Chinese, whose they are."""
    return Topic(
        f"{owner}.{CHECKSUM}",
        f"{owner}.{CHECKSUM}s_restricted",
        readers=readers,
        published=False,
        embedded_partitions=1,
        partitions=1,
        tells=(
            f"{what}各类数据分桶的数量与核验和，含受限类别",
            "how many states of each noun the service holds, restricted ones too, and sums of their versions",
        ),
    )


def question_topic(reader: str, what: str, *owners: str) -> Topic:
    """The topic of a reader's questions. `what`: in Chinese, whose they are."""
    return Topic(
        f"{reader}.{QUESTION}",
        f"{reader}.{QUESTION}s_restricted",
        readers=owners,
        published=False,
        embedded_partitions=1,
        partitions=1,
        tells=(
            f"{what}与来源不一致的数据类别与分桶",
            "of which nouns and buckets the service holds other versions than their owner",
        ),
    )
