"""Who is who in the cluster: an authority, certificates, the key of the service accounts."""

import subprocess
from pathlib import Path

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30")


def _openssl(*words) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True, text=True)


def make_authority(folder: Path) -> None:
    subject = ("-subj", "/CN=test cluster", "-addext", "keyUsage=critical,keyCertSign")
    files = ("-keyout", folder / "ca.key", "-out", folder / "ca.crt")
    _openssl("req", "-x509", *CURVE, *subject, *files)


def make_certificate(folder: Path, name: str, subject: str, hosts: tuple[str, ...] = ()) -> None:
    """`name`.crt and `name`.key; `hosts` as openssl writes them: "DNS:localhost"."""
    names = ("-addext", f"subjectAltName={','.join(hosts)}") if hosts else ()
    _openssl(
        *("req", "-x509", "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", *CURVE),
        *("-subj", subject, "-addext", "basicConstraints=critical,CA:FALSE", *names),
        *("-keyout", folder / f"{name}.key", "-out", folder / f"{name}.crt"),
    )


def make_key_pair(folder: Path, name: str) -> None:
    _openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", folder / f"{name}.key")
    _openssl("ec", "-in", folder / f"{name}.key", "-pubout", "-out", folder / f"{name}.pub")
