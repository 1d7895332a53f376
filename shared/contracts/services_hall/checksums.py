"""Checksums of services_hall (核验和) and its questions about those of others (核验请求), as it announces them."""

from typing import ClassVar

from shared.contracts import checksums


class ChecksumState(checksums.ChecksumState):
    """How many states of a noun services_hall holds, and in which versions."""

    noun: ClassVar = "services_hall.checksum"
    channel: ClassVar = checksums.checksum_topic("services_hall", "一站式代办", "registry", "indicators")


class ChecksumQuestionState(checksums.ChecksumQuestionState):
    """Which buckets of a noun services_hall holds in other versions than their owner says."""

    noun: ClassVar = "services_hall.checksum_question"
    channel: ClassVar = checksums.question_topic("services_hall", "一站式代办", "registry")


CHECKSUM_FACTS = checksums.checksum_facts(ChecksumState)
QUESTION_FACTS = checksums.question_facts(ChecksumQuestionState)
