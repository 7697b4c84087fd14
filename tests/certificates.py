"""Certificates for one test: of their own making, or of an authority's, by the openssl command."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Pair:
    """A certificate and its key, PEM files."""

    certificate: Path
    key: Path


def self_signed(folder: Path, name: str = "ranker", holds_for: str = "IP:127.0.0.1") -> Pair:
    """One for the host, as a subject alternative name."""
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    _openssl("req", "-x509", *_made(pair, name), "-days", "2", "-addext", f"subjectAltName={holds_for}")
    return pair


def issued(folder: Path, authority: Pair, name: str = "issued", holds_for: str = "IP:127.0.0.1") -> Pair:
    """One for the host that another pair has signed."""
    pair = Pair(folder / f"{name}.pem", folder / f"{name}.key")
    request, extensions = folder / f"{name}.csr", folder / f"{name}.ext"
    extensions.write_text(f"subjectAltName={holds_for}\n")
    _openssl("req", *_made(Pair(request, pair.key), name))
    signing = ("-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial", "-days", "2")
    _openssl("x509", "-req", "-in", request, *signing, "-extfile", extensions, "-out", pair.certificate)
    return pair


def _made(pair: Pair, name: str) -> tuple[object, ...]:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", pair.key)
    return (*key, "-out", pair.certificate, "-subj", f"/CN={name}")


def _openssl(*arguments: object) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here, which makes the certificates (Debian: apt install openssl)")
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
