"""Code lists over HTTP: nothing coded is without its Chinese names, and anybody may read them."""

from typing import Any

import pytest

from shared.feature import Feature, code_lists_of
from shared.reference.codes import published
from shared.reference.named_code import NamedCode
from shared.reference.relations import RELATIONS
from tests.architecture.operations import app_of, services
from tests.architecture.test_endpoints import Door, door

__all__ = ["door"]

WITHOUT_NAMES = {"TopicKind"}
"""Lists of programs, which nobody reads at a counter."""


def schemas_of(service: str) -> dict[str, dict[str, Any]]:
    schemas: dict[str, dict[str, Any]] = app_of(service).openapi()["components"]["schemas"]
    return schemas


@pytest.mark.parametrize("service", services())
def test_every_closed_list_of_the_documents_is_published_with_names(service: str) -> None:
    lists = {tuple(one.names.items()) for one in app_of(service).state.kit.code_lists.values()}
    for name, schema in schemas_of(service).items():
        if "enum" in schema and name not in WITHOUT_NAMES:
            assert tuple(zip(schema["enum"], schema["x-enum-descriptions"], strict=True)) in lists, name


@pytest.mark.parametrize("service", services())
def test_every_list_has_a_title_and_names_in_chinese(service: str) -> None:
    lists = app_of(service).state.kit.code_lists
    assert len(lists) > 2
    for name, one in lists.items():
        assert one.id == name
        assert one.names
        for text in (one.title, *one.names.values()):
            assert any("\u4e00" <= character <= "\u9fff" for character in text), (name, text)


async def test_anybody_reads_a_list_and_what_is_known_is_not_sent_again(door: Door) -> None:
    from_registry = await door.client_of("registry")
    whole = await from_registry.get("/registry/v1/code-lists")
    [relations] = [one for one in whole.json()["items"] if one["id"] == "relations"]
    single = await from_registry.get("/registry/v1/code-lists/relations")
    assert single.json() == relations
    assert relations["standard"] == "GB/T 4761"
    assert {one["code"]: one["name"] for one in relations["codes"]} == dict(RELATIONS)
    for answer in (whole, single):
        again = await from_registry.get(answer.request.url, headers={"If-None-Match": answer.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")
    unknown = await from_registry.get("/registry/v1/code-lists/nothing")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")


def test_two_lists_of_one_id_are_refused_when_the_service_is_put_together() -> None:
    one, other = published("colours", "颜色", {"r": "红"}), published("colours", "颜色", {"g": "绿"})
    assert code_lists_of([Feature(code_lists=(one,)), Feature(code_lists=(one,))]) == {"colours": one}
    with pytest.raises(ValueError, match="colours"):
        code_lists_of([Feature(code_lists=(one,)), Feature(code_lists=(other,))])


def test_a_code_without_a_name_is_no_code() -> None:
    with pytest.raises(TypeError, match="no Chinese name"):

        class Nameless(NamedCode):
            RED = "red"
