"""Who asks by the number of a document is limited and on record, whichever operation is asked: no oracle by the way.

Found in the documents of the services: every operation whose body holds the number of somebody's document. It takes a
token before anything is looked for, or pays for what it asked when it is refused; else it says here what it tells.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.architecture.operations import app_of, operations

NUMBERS = ("document_number", "document.number", "document_tail")
TELLS_NOTHING: Mapping[str, str] = dict.fromkeys(
    ("submitCase", "draftCase", "addCasePerson"),
    "kept sealed beside a digest; nobody of the number is looked for, and every number is answered alike",
)
"""Operations that look for nobody by the number that they are told, and why."""


def asked_by_number() -> Iterator[tuple[str, bool]]:
    """Operations whose body holds such a number, and whether they are limited."""
    for operation in operations():
        content = operation.spec.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            continue
        document = app_of(operation.service).openapi()
        if any(path.endswith(NUMBERS) for path in _paths(content["application/json"]["schema"], document)):
            yield operation.id, "rate_limited" in operation.spec["x-problem-codes"]


def _paths(
    schema: Mapping[str, Any], document: Mapping[str, Any], path: str = "", above: tuple[str, ...] = ()
) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        if name not in above:
            yield from _paths(document["components"]["schemas"][name], document, path, (*above, name))
        return
    for several in ("anyOf", "oneOf", "allOf"):
        for one in schema.get(several, ()):
            yield from _paths(one, document, path, above)
    for name, one in schema.get("properties", {}).items():
        yield from _paths(one, document, f"{path}.{name}" if path else name, above)
    if isinstance(schema.get("items"), dict):
        yield from _paths(schema["items"], document, path, above)
    elif "properties" not in schema:
        yield path


def test_whoever_asks_by_a_number_is_limited() -> None:
    found = dict(asked_by_number())
    assert sorted(name for name, limited in found.items() if not limited) == sorted(TELLS_NOTHING)
    assert {"searchPersons", "registerPerson", "openProof", "requestCaseErasure"} <= found.keys()
