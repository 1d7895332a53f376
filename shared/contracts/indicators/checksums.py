"""Checksums of indicators (核验和) and its questions about those of others (核验请求), as it announces them."""

from typing import ClassVar

from shared.contracts import checksums


class ChecksumState(checksums.ChecksumState):
    """How many states of a noun indicators holds, and in which versions."""

    noun: ClassVar = "indicators.checksum"
    channel: ClassVar = checksums.checksum_topic("indicators", "指标汇总与考评", "registry", "indicators")


class ChecksumQuestionState(checksums.ChecksumQuestionState):
    """Which buckets of a noun indicators holds in other versions than their owner says."""

    noun: ClassVar = "indicators.checksum_question"
    channel: ClassVar = checksums.question_topic(
        "indicators", "指标汇总与考评", "registry", "services_hall", "grid", "indicators"
    )


CHECKSUM_FACTS = checksums.checksum_facts(ChecksumState)
QUESTION_FACTS = checksums.question_facts(ChecksumQuestionState)
