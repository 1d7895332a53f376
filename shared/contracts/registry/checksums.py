"""Checksums of registry (核验和) and its questions about those of others (核验请求), as it announces them."""

from typing import ClassVar

from shared.contracts import checksums


class ChecksumState(checksums.ChecksumState):
    """How many states of a noun registry holds, and in which versions."""

    noun: ClassVar = "registry.checksum"
    channel: ClassVar = checksums.checksum_topic("registry", "居民底册", "services_hall", "grid", "indicators")


class ChecksumQuestionState(checksums.ChecksumQuestionState):
    """Which buckets of a noun registry holds in other versions than their owner says."""

    noun: ClassVar = "registry.checksum_question"
    channel: ClassVar = checksums.question_topic("registry", "居民底册", "services_hall", "grid", "indicators")


CHECKSUM_FACTS = checksums.checksum_facts(ChecksumState)
QUESTION_FACTS = checksums.question_facts(ChecksumQuestionState)
