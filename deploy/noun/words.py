"""The names of a noun in all the forms that its files need."""

import re
from dataclasses import dataclass

SERVICES = {"registry": "Registry", "services_hall": "Hall", "grid": "Grid", "indicators": "Indicators"}
"""Services, and the alias under which their endpoints get the use cases."""


class NounRefused(Exception):
    """No noun is written; the message is one sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Words:
    """`nouns` is the folder (`orchards`), `one` a single one (`orchard`), `title` its Chinese name."""

    service: str
    nouns: str
    one: str
    title: str

    @classmethod
    def of(cls, service: str, nouns: str, one: str = "", title: str = "") -> "Words":
        """Raises `NounRefused` for a service that does not exist and for a name that is no plural in snake_case."""
        if service not in SERVICES:
            raise NounRefused(f"SERVICE is one of {', '.join(SERVICES)}")
        if not re.fullmatch(r"[a-z]+(_[a-z]+)*", nouns):
            raise NounRefused("NOUN is a plural in snake_case, such as orchards or time_banks")
        one = one or singular(nouns)
        if one == nouns or not re.fullmatch(r"[a-z]+(_[a-z]+)*", one):
            raise NounRefused(f"{nouns} has no plain singular: say it with ONE=")
        return cls(service, nouns, one, title or "未命名")

    def substitutions(self) -> dict[str, str]:
        """What the templates are filled with."""
        alias = SERVICES[self.service]
        spoken = self.nouns.replace("_", " ")
        return {
            "service": self.service,
            "service_path": self.service.replace("_", "-"),
            "nouns": self.nouns,
            "one": self.one,
            "One": camel(self.one),
            "Many": camel(self.nouns),
            "nouns_words": spoken,
            "Nouns_words": spoken.capitalize(),
            "one_words": self.one.replace("_", " "),
            "path": self.nouns.replace("_", "-"),
            "tag": spoken,
            "alias": alias.lower(),
            "Alias": alias,
            "title": self.title,
        }


def singular(nouns: str) -> str:
    """`orchards` → `orchard`, `parties` → `party`, `addresses` → `address`; itself if the rules do not say."""
    for ending, instead in (("ies", "y"), ("sses", "ss"), ("xes", "x"), ("s", "")):
        if nouns.endswith(ending) and not nouns.endswith("ss"):
            return nouns.removesuffix(ending) + instead
    return nouns


def camel(words: str) -> str:
    """`time_bank` → `TimeBank`."""
    return "".join(word.capitalize() for word in words.split("_"))
