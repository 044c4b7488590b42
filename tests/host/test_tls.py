import os
import ssl
from pathlib import Path

import pytest

import certificates
from traybeat.host.tls import CertificateError, Pair, Renewable, context


def test_a_pair_makes_a_context_from_tls_1_2_up(tmp_path: Path) -> None:
    assert context(Pair(*certificates.make(tmp_path))).minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    certificate, _ = certificates.make(tmp_path, "one")
    _, key = certificates.make(tmp_path, "two")
    with pytest.raises(CertificateError, match=r"two\.key is not the key of .*one\.crt"):
        context(Pair(certificate, key))


def test_a_protected_key_is_told_and_asks_nobody(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match="protected by a password"):
        context(Pair(*certificates.make(tmp_path, password=b"secret")))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    certificate, _ = certificates.make(tmp_path)
    with pytest.raises(CertificateError, match=r"gone\.key can't be read: No such file"):
        context(Pair(certificate, tmp_path / "gone.key"))


def test_a_file_that_is_no_pem_is_told(tmp_path: Path) -> None:
    certificate, key = certificates.make(tmp_path)
    certificate.write_text("hello")
    with pytest.raises(CertificateError, match="can't be loaded as PEM"):
        context(Pair(certificate, key))


def test_changed_files_are_taken_on_and_a_bad_pair_is_refused_once(tmp_path: Path) -> None:
    pair = Pair(*certificates.make(tmp_path))
    renewable = Renewable(pair)
    assert not renewable.renew()
    certificates.make(tmp_path)
    os.utime(pair.key, ns=(1, 1))
    assert renewable.renew()
    pair.key.unlink()
    with pytest.raises(CertificateError):
        renewable.renew()
    assert not renewable.renew()
