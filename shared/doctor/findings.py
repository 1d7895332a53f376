"""Findings of a check-up: what was looked at, how it is, and what to do, in Chinese and English."""

from dataclasses import dataclass
from enum import StrEnum

from shared.reference.named_code import NamedCode


class Level(NamedCode):
    """How a check came out. A warning leaves the exit code alone: nothing is broken yet."""

    OK = "ok", "正常"
    WARNING = "warning", "提醒"
    FAULT = "fault", "故障"


class Check(StrEnum):
    """What is checked, in this order."""

    DATABASE = "database"
    VERSION = "version"
    SCHEMA = "schema"
    RIGHTS = "rights"
    KEYS = "keys"
    CLOCK = "clock"
    BROKER = "broker"
    TOPICS = "topics"
    READING = "reading"
    ISSUER = "issuer"
    CERTIFICATES = "certificates"
    DISK = "disk"


@dataclass(frozen=True)
class Finding:
    """Result of one check. Sentences name settings, never their values."""

    check: Check
    level: Level
    chinese: str
    english: str

    def lines(self, service: str) -> tuple[str, str]:
        """Two lines for a terminal: Chinese, then English."""
        head = f"{service} {self.check}"
        return f"{head} {self.level.label}：{self.chinese}", f"{head} {self.level}: {self.english}"


def fine(check: Check, chinese: str, english: str) -> Finding:
    """Nothing is wrong."""
    return Finding(check, Level.OK, chinese, english)


def fault(check: Check, chinese: str, english: str) -> Finding:
    """Something is wrong; each sentence ends with what to do."""
    return Finding(check, Level.FAULT, chinese, english)


def warning(check: Check, chinese: str, english: str) -> Finding:
    """Something will be wrong soon."""
    return Finding(check, Level.WARNING, chinese, english)
