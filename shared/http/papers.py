"""Papers over HTTP: a route whose answer is a PDF."""

from typing import Any

from fastapi import Response

from shared.papers.typesetting import MEDIA_TYPE


def answers_pdf(given: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a route whose answer is a PDF."""
    binary = {"schema": {"type": "string", "format": "binary"}}
    answer = {"description": "the paper", "content": {MEDIA_TYPE: binary}}
    return {**given, "responses": {**given["responses"], 200: answer}, "response_class": Response}
