"""What every event of a county system is: strict data, coded fields outside, people inside a JWE."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from shared.contracts.topic import Topic

MAX_PERSONAL = 16 * 1024
"""Characters of the compact JWE."""

EVENT_ID = r"^[A-Za-z0-9][A-Za-z0-9._:~-]{0,127}$"
"""The `id` attribute: the sender's own number of the event, never a person's number."""

_DAY = "(1[89]|2[0-9])[0-9]{2}(-[0-9]{2}){2}"
_INSTANT = rf"^{_DAY}[Tt][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,9}})?)?([Zz]|[+-][0-9]{{2}}:[0-9]{{2}})$"


def _rfc3339(value: Any) -> Any:
    """Neither a number (it could be read as seconds since 1970) nor a local time is an instant."""
    if isinstance(value, str) and re.fullmatch(_INSTANT, value, re.ASCII):
        return value
    raise PydanticCustomError("instant", "an instant with its offset is wanted")


Instant = Annotated[
    AwareDatetime, BeforeValidator(_rfc3339), Field(strict=False, json_schema_extra={"pattern": _INSTANT})
]
"""RFC 3339 with an offset, such as `2026-11-22T09:00:00+08:00`."""

CompactJwe = Annotated[
    str,
    StringConstraints(
        max_length=MAX_PERSONAL,
        pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$",
    ),
]
"""JWE compact serialisation to a key of the deployment: alg ECDH-ES+A256KW (P-256), enc A256GCM, `kid` named."""


class Incoming(BaseModel):
    """A piece of what a county system sends. An unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


PersonalClass = type[Incoming]


class Submission(Incoming):
    """Data of one event type and version that county systems send."""

    noun: ClassVar[str]
    channel: ClassVar[Topic]
    type: ClassVar[str]
    example: ClassVar[Mapping[str, Any]]
    """Its data as an example. An encrypted part is cut short: a real one is longer."""
    schema_version: ClassVar[int] = 1
    answers: ClassVar[str]
    """The topic on which every event of it is answered."""
    personal_class: ClassVar[PersonalClass]  # what stands inside the JWE

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if "type" in cls.__dict__:
            SUBMISSIONS[cls.type, cls.schema_version] = cls


SUBMISSIONS: dict[tuple[str, int], type[Submission]] = {}
"""Every event type that a county system may send, by (type, schema version)."""
