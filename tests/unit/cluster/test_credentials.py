"""Keys and tokens are private, and certificates name what they are for."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

from cryptography import x509

from tests.cluster.components.certificates import Authority, service_account_key
from tests.cluster.components.credentials import USERS, write_credentials

NOW = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


def test_secrets_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    authority = Authority(tmp_path, NOW)
    server = authority.server("apiserver", ["198.18.0.2"], ["kubernetes"])
    tokens = write_credentials(tmp_path, "https://198.18.0.2:6443", authority.certificate)
    key = service_account_key(tmp_path / "sa.key")
    secret = [server.key, tokens, key, *tmp_path.glob("*kubeconfig")]
    assert len(secret) == 3 + len(USERS)
    assert {path.stat().st_mode & 0o777 for path in secret} == {0o600}


def test_a_kubeconfig_stands_alone_and_has_its_own_token(tmp_path: Path) -> None:
    authority = Authority(tmp_path, NOW)
    tokens = write_credentials(tmp_path, "https://198.18.0.2:6443", authority.certificate).read_text()
    found = [json.loads(path.read_text()) for path in tmp_path.glob("*kubeconfig")]
    values = {config["users"][0]["user"]["token"] for config in found}
    assert len(values) == len(USERS)
    assert all(value in tokens for value in values)
    assert all("certificate-authority-data" in config["clusters"][0]["cluster"] for config in found)


def test_a_server_certificate_is_signed_for_its_addresses(tmp_path: Path) -> None:
    authority = Authority(tmp_path, NOW)
    signed = authority.server("apiserver", ["198.18.0.2"], ["kubernetes.default.svc"])
    certificate = x509.load_pem_x509_certificate(signed.certificate.read_bytes())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.certificate.read_bytes()))
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["198.18.0.2"]
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
