"""Where the ranker listens, and what it asks of a caller: loopback, or token and TLS."""

import ipaddress
from dataclasses import dataclass
from pathlib import Path

from ranker.errors import InvalidInputError
from ranker.settings import Settings


@dataclass(frozen=True)
class Door:
    """One listening address; `token` None asks for none, no certificate means plain HTTP."""

    host: str
    port: int
    token: str | None
    certificate: Path | None
    key: Path | None

    @classmethod
    def of(cls, settings: Settings, port: int) -> "Door":
        """From the settings.

        Raises:
            InvalidInputError: An address other than loopback without token and TLS, or half of TLS.
        """
        file = settings.ranker_token_file
        token = None if file is None else read_secret(file, "token")
        certificate, key = settings.ranker_tls_certificate, settings.ranker_tls_key
        if (certificate is None) != (key is None):
            raise InvalidInputError(
                f"TLS needs both files: certificate [{certificate}], key [{key}]; set both or neither"
            )
        if not _is_loopback(settings.ranker_host) and (token is None or certificate is None):
            raise InvalidInputError(
                f"ranker_host [{settings.ranker_host}] is not loopback;"
                " set ranker_token_file, ranker_tls_certificate and ranker_tls_key, or listen on [127.0.0.1]"
            )
        return cls(settings.ranker_host, port, token, certificate, key)


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_secret(path: Path, what: str) -> str:
    """The one line of a secret's file; `what` it is goes into the sentence of a refusal.

    Raises:
        InvalidInputError: The file can't be read or is empty.
    """
    try:
        secret = path.read_text("utf-8").strip()
    except OSError as error:
        raise InvalidInputError(f"the {what} file [{path}] can't be read: [{error.strerror}]") from None
    if not secret:
        raise InvalidInputError(f"the {what} file [{path}] is empty; write one line into it")
    return secret
