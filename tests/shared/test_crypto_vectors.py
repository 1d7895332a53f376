"""Published vectors: the library under us computes the national algorithms, in whatever build was installed."""

import pytest
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shared.crypto.keyring import KeyRing
from shared.crypto.service import Crypto
from shared.db.sealing import NAMES

STANDARD_KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


def sm3(data: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


@pytest.mark.parametrize(
    ("data", "digest"),
    [  # GB/T 32905-2016, appendix A
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3(data: bytes, digest: str) -> None:
    assert sm3(data) == digest


@pytest.mark.parametrize(
    ("key", "data", "tag"),
    [  # GM/T 0042-2015, appendix D.3
        (
            bytes(range(1, 33)),
            b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq" * 2,
            "ca05e144ed05d1857840d1f318a4a8669e559fc8391f414485bfdf7bb408963a",
        ),
        (bytes(range(1, 38)), b"\xcd" * 50, "220bf579ded555393f0159f66c99877822a3ecf610d1552154b41d44b94db3ae"),
        (b"\x0b" * 32, b"Hi There", "c0ba18c68b90c88bc07de794bfc7d2c8d19ec31ed8773bc2b390c9604e0be11e"),
        (b"Jefe", b"what do ya want for nothing?", "2e87f1d16862e6d964b50a5200bf2b10b764faa9680a296a2405f24bec39f882"),
    ],
)
def test_hmac_sm3(key: bytes, data: bytes, tag: str) -> None:
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(data)
    assert mac.finalize().hex() == tag


def test_sm4_block() -> None:
    """GB/T 32907-2016, appendix A.1."""
    encryptor = Cipher(algorithms.SM4(STANDARD_KEY), modes.ECB()).encryptor()
    assert encryptor.update(STANDARD_KEY).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm() -> None:
    """RFC 8998, appendix A.1."""
    encryptor = Cipher(algorithms.SM4(STANDARD_KEY), modes.GCM(bytes.fromhex("00001234567800000000abcd"))).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    plain = b"".join(bytes([value]) * 8 for value in (0xAA, 0xBB, 0xCC, 0xDD, 0xEE, 0xFF, 0xEE, 0xAA))
    assert (encryptor.update(plain) + encryptor.finalize()).hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_a_sealed_field_is_sm4_gcm_with_header_field_and_owner_authenticated() -> None:
    """The envelope taken apart by hand: another implementation could open it from the documentation."""
    crypto = Crypto(KeyRing({"k1": STANDARD_KEY}), KeyRing({"i1": bytes(32)}))
    NAMES.add("name")
    sealed = crypto.seal("张三丰", field="name", owner="p-1")
    header, nonce, text, tag = sealed[:4], sealed[4:16], sealed[16:-16], sealed[-16:]
    assert header == b"\x01\x02k1"
    decryptor = Cipher(algorithms.SM4(STANDARD_KEY), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(b"\0\0\0\x04\x01\x02k1" + b"\0\0\0\x04name" + b"\0\0\0\x03p-1")
    assert (decryptor.update(text) + decryptor.finalize()).decode() == "张三丰"


def test_a_blind_index_is_hmac_sm3_over_kind_and_value() -> None:
    key = bytes(range(32))
    crypto = Crypto(KeyRing({"k1": STANDARD_KEY}), KeyRing({"i1": key}))
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(b"\0\0\0\x05phone" + b"\0\0\0\x0b13800138000")
    [blind] = crypto.blind("phone", "13800138000")
    assert (blind.key_id, blind.digest) == ("i1", mac.finalize())
