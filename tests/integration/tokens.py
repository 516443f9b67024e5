"""Tokens of every kind, good and bad, made without the programs under test."""

import base64
import hashlib
import hmac
import json
import subprocess
import time
from pathlib import Path

SECRET = b"a secret that only the tests and their deployer know: 1234567890"
SECRET_BASE64 = base64.b64encode(SECRET).decode()
EMAIL = "ada@example.org"
USER_ID = "5e6cbd13-8a5e-4f5f-9f3c-2f6f0e5e1a01"


def unpadded(data: bytes | dict) -> str:
    if isinstance(data, dict):
        data = json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(**changes) -> dict:
    """Good claims with changes; what is None is left out."""
    all_claims = {
        "sub": "ada",
        "exp": time.time() + 600,
        "mlpuser": {"email": EMAIL, "firstName": "Ada", "userId": USER_ID},
    } | changes
    return {name: value for name, value in all_claims.items() if value is not None}


def make_token(
    alg: str = "HS256", key: bytes = SECRET, header: dict | None = None, **changes
) -> str:
    text = unpadded({"alg": alg, "typ": "JWT"} | (header or {})) + "." + unpadded(claims(**changes))
    hashes = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
    if alg not in hashes:
        return text + "."
    return text + "." + unpadded(hmac.new(key, text.encode(), hashes[alg]).digest())


class RsaKey:
    """A key pair in files: PEM, and the public half as JWKS."""

    def __init__(self, folder: Path):
        self._private = folder / "rsa.pem"
        self.public_pem = folder / "rsa.pub"
        self.jwks = folder / "jwks.json"
        self._openssl("genrsa", "-out", self._private, "2048")
        self._openssl("rsa", "-in", self._private, "-pubout", "-out", self.public_pem)
        modulus = self._openssl("rsa", "-in", self._private, "-noout", "-modulus").decode()
        key = {
            "kty": "RSA",
            "kid": "k1",
            "n": unpadded(bytes.fromhex(modulus.split("=")[1].strip())),
            "e": unpadded(b"\x01\x00\x01"),
        }
        self.jwks.write_text(json.dumps({"keys": [key]}))

    @staticmethod
    def _openssl(*args, stdin: bytes = b"") -> bytes:
        command = ["openssl", *map(str, args)]
        return subprocess.run(command, input=stdin, check=True, capture_output=True).stdout

    def make_token(self, **changes) -> str:
        header = {"alg": "RS256", "kid": "k1"}
        text = unpadded(header) + "." + unpadded(claims(**changes))
        signed = self._openssl("dgst", "-sha256", "-sign", self._private, stdin=text.encode())
        return text + "." + unpadded(signed)
