"""Certificates for trials: a certificate authority, the broker's certificate, one per user."""

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAYS = 365


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(subject: str, issuer: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=DAYS))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> bytes:
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.touch(mode=0o600)
    path.write_bytes(pem)
    return pem


class Authority:
    """Certificate authority in `folder`, made if it is missing. Its certificate is `ca_file`."""

    def __init__(self, folder: Path, name: str = "xiangli trial CA") -> None:
        self._folder = folder
        self._name = name
        self.ca_file = folder / "ca.pem"
        key_file = folder / "ca.key"
        if self.ca_file.exists() and key_file.exists():
            key = load_pem_private_key(key_file.read_bytes(), None)
            assert isinstance(key, ec.EllipticCurvePrivateKey)
            self._key = key
            return
        folder.mkdir(parents=True, exist_ok=True)
        self._key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name, name, self._key.public_key())
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self._key.public_key()), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        _write_key(key_file, self._key)
        self.ca_file.write_bytes(certificate.public_bytes(Encoding.PEM))

    def broker(self, addresses: tuple[str, ...] = ("127.0.0.1",), names: tuple[str, ...] = ()) -> Path:
        """PEM key store of the broker: key and certificate in one file, as Kafka requires."""
        store = self._folder / "broker.pem"
        if not store.exists():
            key, certificate = self._issue("broker", ExtendedKeyUsageOID.SERVER_AUTH, addresses, names)
            store.touch(mode=0o600)
            store.write_bytes(key + certificate)
        return store

    def user(self, name: str) -> tuple[Path, Path]:
        """Certificate and key of a client; its common name is the user's name."""
        certificate_file, key_file = self._folder / f"user-{name}.pem", self._folder / f"user-{name}.key"
        if not (certificate_file.exists() and key_file.exists()):
            key, certificate = self._issue(name, ExtendedKeyUsageOID.CLIENT_AUTH, (), ())
            key_file.touch(mode=0o600)
            key_file.write_bytes(key)
            certificate_file.write_bytes(certificate)
        return certificate_file, key_file

    def _issue(
        self, subject: str, purpose: x509.ObjectIdentifier, addresses: tuple[str, ...], names: tuple[str, ...]
    ) -> tuple[bytes, bytes]:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = (
            _builder(subject, self._name, key.public_key())
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        if addresses or names:
            known: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(one)) for one in addresses]
            known += [x509.DNSName(one) for one in names]
            builder = builder.add_extension(x509.SubjectAlternativeName(known), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), certificate
