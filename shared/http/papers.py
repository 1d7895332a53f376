"""Papers and pages over HTTP: routes whose answer is a PDF, or a page for people."""

from typing import Any

from fastapi import Response

from shared.papers.typesetting import MEDIA_TYPE


def answers_pdf(given: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a route whose answer is a PDF."""
    return _answering(given, MEDIA_TYPE, {"type": "string", "format": "binary"}, "the paper")


def answers_page(given: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of a route whose answer is a page for people."""
    return _answering(given, "text/html", {"type": "string"}, "the page")


def _answering(given: dict[str, Any], media: str, schema: dict[str, str], told: str) -> dict[str, Any]:
    answer = {"description": told, "content": {media: {"schema": schema}}}
    return {**given, "responses": {**given["responses"], 200: answer}, "response_class": Response}
