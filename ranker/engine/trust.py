"""Which certificates a server is known by, where they are not of the system's authorities."""

import re
import ssl
from pathlib import Path

from ranker.errors import InvalidInputError

_CERTIFICATE = re.compile(rb"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)


def certificates(path: Path) -> bytes:
    """The certificates of a PEM file, one after the other; a private key beside them is left out.

    Raises:
        InvalidInputError: The file can't be read or holds no certificate.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"the certificate file [{path}] can't be read: [{error.strerror}]; correct its name or its rights"
        ) from None
    found = b"".join(block + b"\n" for block in _CERTIFICATE.findall(content))
    try:
        ssl.create_default_context(cadata=found.decode("ascii", "replace"))
    except (ssl.SSLError, ValueError):
        found = b""
    if not found:
        raise InvalidInputError(f"the certificate file [{path}] holds no certificate: PEM is wanted")
    return found


def context(path: Path | None) -> ssl.SSLContext:
    """TLS that trusts the certificates of a PEM file and no others; without a file, the system's.

    A server's own certificate may stand there: then it needs no authority's beside it.

    Raises:
        InvalidInputError: As `certificates`.
    """
    if path is None:
        return ssl.create_default_context()
    trusting = ssl.create_default_context(cadata=certificates(path).decode("ascii"))
    trusting.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return trusting
