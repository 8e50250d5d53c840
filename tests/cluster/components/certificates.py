"""A certificate authority for one cluster, and what it signs. Keys never leave the run directory."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_VALID = dt.timedelta(days=365)
# Clocks of a laptop that has just woken up may lag.
_EARLIER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Signed:
    """Where a certificate and its private key lie."""

    certificate: Path
    key: Path


class Authority:
    """A fresh self-signed authority that writes what it signs into one folder."""

    def __init__(self, folder: Path, now: dt.datetime) -> None:
        self._folder = folder
        self._now = now
        self._key = ec.generate_private_key(ec.SECP256R1())
        name = _name("vectortier-local-cluster", "")
        usage = x509.BasicConstraints(ca=True, path_length=0)
        self._issuer = self._builder(name, name, self._key.public_key()).add_extension(usage, critical=True)
        self._own = self._issuer.sign(self._key, hashes.SHA256())
        self.certificate = folder / "ca.crt"
        self.certificate.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))

    def server(self, file: str, addresses: Sequence[str], names: Sequence[str]) -> Signed:
        """A certificate for serving TLS at these IP addresses and DNS names."""
        san: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
        san += [x509.DNSName(name) for name in names]
        return self._sign(file, _name(file, ""), ExtendedKeyUsageOID.SERVER_AUTH, san)

    def client(self, file: str, user: str, group: str) -> Signed:
        """A certificate that Kubernetes reads as `user` of `group`."""
        return self._sign(file, _name(user, group), ExtendedKeyUsageOID.CLIENT_AUTH, [])

    def _sign(self, file: str, subject: x509.Name, usage: x509.ObjectIdentifier, san: list[x509.GeneralName]) -> Signed:
        key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(subject, self._own.subject, key.public_key())
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        if san:
            builder = builder.add_extension(x509.SubjectAlternativeName(san), critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        signed = Signed(self._folder / f"{file}.crt", self._folder / f"{file}.key")
        signed.certificate.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        write_private(signed.key, _pem(key))
        return signed

    def _builder(
        self, subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(self._now - _EARLIER)
            .not_valid_after(self._now + _VALID)
        )


def service_account_key(path: Path) -> Path:
    """The key that signs tokens of ServiceAccounts. RSA, because every client library verifies it."""
    write_private(path, _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)))
    return path


def write_private(path: Path, data: bytes) -> None:
    """Writes a file that only its owner can read, from the first byte on."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(data)


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _name(common: str, organization: str) -> x509.Name:
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common)]
    if organization:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization))
    return x509.Name(attributes)
