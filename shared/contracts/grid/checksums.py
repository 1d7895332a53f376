"""Checksums of grid (核验和) and its questions about those of others (核验请求), as it announces them."""

from typing import ClassVar

from shared.contracts import checksums


class ChecksumState(checksums.ChecksumState):
    """How many states of a noun grid holds, and in which versions."""

    noun: ClassVar = "grid.checksum"
    channel: ClassVar = checksums.checksum_topic("grid", "网格化", "registry", "indicators")


class ChecksumQuestionState(checksums.ChecksumQuestionState):
    """Which buckets of a noun grid holds in other versions than their owner says."""

    noun: ClassVar = "grid.checksum_question"
    channel: ClassVar = checksums.question_topic("grid", "网格化", "registry")


CHECKSUM_FACTS = checksums.checksum_facts(ChecksumState)
QUESTION_FACTS = checksums.question_facts(ChecksumQuestionState)
