"""Sealed fields and blind indexes: nothing can be moved, changed or compared, and keys rotate without a gap."""

import base64
import copy
import logging
import os
import pickle
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto.keyring import KeyRing, UnknownKey
from shared.crypto.service import CannotOpen, Crypto, UndeclaredField
from shared.db.sealing import NAMES
from shared.settings import ServiceSettings

OLD, NEW, INDEX_OLD, INDEX_NEW = (os.urandom(size) for size in (16, 16, 32, 32))
CRYPTO = Crypto(KeyRing({"f1": OLD}), KeyRing({"i1": INDEX_OLD}))
ROTATED = Crypto(KeyRing({"f2": NEW, "f1": OLD}), KeyRing({"i2": INDEX_NEW, "i1": INDEX_OLD}))
NUMBER = "45048119900307019X"
NAMES.update(("name", "number", "f", "n"))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(max_size=8), st.uuids())
def test_what_was_sealed_opens(text: str, field: str, owner: object) -> None:
    NAMES.add(field)
    assert CRYPTO.open(CRYPTO.seal(text, field=field, owner=str(owner)), field=field, owner=str(owner)) == text


def test_nothing_is_sealed_under_a_name_that_no_column_declares() -> None:
    with pytest.raises(UndeclaredField, match=r"^a\.column\.forgotten$"):
        CRYPTO.seal("张三", field="a.column.forgotten", owner="p")


def test_an_owner_is_the_same_as_uuid_and_as_text() -> None:
    owner = uuid4()
    assert CRYPTO.open(CRYPTO.seal("张三", field="name", owner=owner), field="name", owner=str(owner)) == "张三"


def test_equal_values_are_never_sealed_equal() -> None:
    assert len({CRYPTO.seal(NUMBER, field="number", owner="p") for _ in range(500)}) == 500


@pytest.mark.parametrize(("field", "owner"), [("phone", "p1"), ("number", "p2"), ("numberp", "1"), ("", "numberp1")])
def test_a_value_moved_to_another_field_or_owner_does_not_open(field: str, owner: str) -> None:
    sealed = CRYPTO.seal(NUMBER, field="number", owner="p1")
    with pytest.raises(CannotOpen):
        CRYPTO.open(sealed, field=field, owner=owner)


def test_no_bit_can_be_changed_and_no_byte_cut_off_or_added() -> None:
    sealed = CRYPTO.seal(NUMBER, field="number", owner="p")
    changed = [
        sealed[:place] + bytes([sealed[place] ^ (1 << bit)]) + sealed[place + 1 :]
        for place in range(len(sealed))
        for bit in range(8)
    ]
    for wrong in [*changed, *(sealed[:length] for length in range(len(sealed))), sealed + b"\0"]:
        with pytest.raises(CannotOpen):
            CRYPTO.open(wrong, field="number", owner="p")


def test_a_key_under_another_ones_name_opens_nothing() -> None:
    sealed = CRYPTO.seal(NUMBER, field="number", owner="p")
    with pytest.raises(CannotOpen):
        Crypto(KeyRing({"f1": NEW}), KeyRing({"i1": INDEX_OLD})).open(sealed, field="number", owner="p")


def test_in_a_rotation_old_values_open_and_new_ones_are_sealed_under_the_new_key() -> None:
    before = CRYPTO.seal(NUMBER, field="number", owner="p")
    after = ROTATED.seal(NUMBER, field="number", owner="p")
    assert [ROTATED.open(sealed, field="number", owner="p") for sealed in (before, after)] == [NUMBER, NUMBER]
    assert [ROTATED.is_current(sealed) for sealed in (before, after)] == [False, True]
    finished = Crypto(KeyRing({"f2": NEW}), KeyRing({"i2": INDEX_NEW}))
    assert finished.open(after, field="number", owner="p") == NUMBER
    with pytest.raises(CannotOpen):
        finished.open(before, field="number", owner="p")


def test_in_a_rotation_a_search_finds_rows_written_before_during_and_after() -> None:
    before = CRYPTO.blind("number", NUMBER)
    during = ROTATED.blind("number", NUMBER)
    after = Crypto(KeyRing({"f2": NEW}), KeyRing({"i2": INDEX_NEW})).blind("number", NUMBER)
    assert [key.key_id for key in during] == ["i2", "i1"]
    assert set(before) | set(after) == set(during)


def test_a_blind_index_is_stable_and_separates_kinds_and_values() -> None:
    values = [CRYPTO.blind(kind, value)[0].digest for kind, value in (("a", "bc"), ("ab", "c"), ("a", "b"), ("b", "a"))]
    assert len(set(values)) == 4
    assert CRYPTO.blind("a", "bc")[0].digest == values[0]
    assert all(len(value) == 32 for value in values)


def test_one_key_may_not_serve_both_uses() -> None:
    with pytest.raises(ValueError, match="index key"):
        Crypto(KeyRing({"f": INDEX_OLD}), KeyRing({"i": INDEX_OLD}))


def test_a_key_ring_needs_keys_with_usable_names() -> None:
    for keys in ({}, {"": OLD}, {"键": OLD}, {"x" * 65: OLD}):
        with pytest.raises(ValueError, match="key"):
            KeyRing(keys)
    with pytest.raises(UnknownKey):
        KeyRing({"a": OLD})["b"]
    assert [*KeyRing({"b": NEW, "a": OLD})] == ["b", "a"]
    assert len(KeyRing({"b": NEW, "a": OLD})) == 2


def settings_of(fields: str, index: str) -> ServiceSettings:
    return ServiceSettings(
        database_url="postgresql+asyncpg://nobody@127.0.0.1/none",
        kafka_bootstrap="127.0.0.1:9",
        oidc_issuer="http://127.0.0.1:9",
        field_keys=fields,
        index_keys=index,
        cursor_key="a cursor key for tests",
        position_keys=f"p1:{base64.b64encode(NEW).decode()}",
    )


def test_keys_come_from_the_settings_the_first_one_active() -> None:
    fields = f"f2:{base64.b64encode(NEW).decode()},f1:{base64.b64encode(OLD).decode()}"
    index = f"i1:{base64.b64encode(INDEX_OLD).decode()}"
    crypto = Crypto.from_settings(settings_of(fields, index))
    assert crypto.open(CRYPTO.seal("x", field="f", owner="o"), field="f", owner="o") == "x"
    assert crypto.is_current(ROTATED.seal("x", field="f", owner="o"))
    assert crypto.blind("k", "v") == CRYPTO.blind("k", "v")


def test_keys_never_show_in_reprs_logs_errors_or_pickles(caplog: pytest.LogCaptureFixture) -> None:
    secrets = [base64.b64encode(key).decode() for key in (OLD, NEW, INDEX_OLD, INDEX_NEW)]
    settings = settings_of(f"f1:{secrets[0]}", f"i1:{secrets[2]}")
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("%r %s %r %r", ROTATED, CRYPTO, KeyRing({"f1": OLD}), settings)
    with pytest.raises(CannotOpen) as refused:
        CRYPTO.open(CRYPTO.seal(NUMBER, field="n", owner="p")[:-1], field="n", owner="p")
    assert refused.value.__suppress_context__
    shown = caplog.text + repr(refused.value) + str(refused.value) + repr(refused.value.__cause__)
    assert "f1" in shown
    for key, secret in zip((OLD, NEW, INDEX_OLD, INDEX_NEW), secrets, strict=True):
        assert secret not in shown
        assert repr(key) not in shown
        assert key.hex() not in shown
    assert NUMBER not in shown
    for refuse in (pickle.dumps, copy.deepcopy):
        with pytest.raises(TypeError):
            refuse(KeyRing({"f1": OLD}))


def test_fields_that_are_sealed_together_open_one_by_one_and_share_no_nonce() -> None:
    owner = uuid4()
    sealed = CRYPTO.seal_all({"name": "张三", "number": NUMBER, "f": NUMBER}, owner)
    assert {field: CRYPTO.open(one, field=field, owner=owner) for field, one in sealed.items()} == {
        "name": "张三",
        "number": NUMBER,
        "f": NUMBER,
    }
    assert len({one[4:16] for one in sealed.values()}) == 3, "behind the header of a key of two letters"
    with pytest.raises(CannotOpen):
        CRYPTO.open(sealed["f"], field="number", owner=owner)
    assert CRYPTO.seal_all({}, owner) == {}


def test_of_fields_that_are_sealed_together_none_is_undeclared() -> None:
    with pytest.raises(UndeclaredField, match=r"a\.column\.forgotten"):
        CRYPTO.seal_all({"name": "张三", "a.column.forgotten": "李四"}, "p")
