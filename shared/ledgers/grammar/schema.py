"""JSON Schema of a definition, as editors and drafting pages use it. What it means is checked when it is drafted."""

from typing import Any

from shared.ledgers.grammar.definition import Definition


def definition_schema() -> dict[str, Any]:
    """The schema, draft 2020-12."""
    schema = Definition.model_json_schema(by_alias=True)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
