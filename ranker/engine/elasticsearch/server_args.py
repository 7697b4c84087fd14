"""What Elasticsearch reads from standard input at boot: the serialized `ServerArgs`, byte for byte.

The format is the engine's stream format, of 9.x: a boolean is a byte; an int is four bytes, big-endian; a
size is a vint (7 bits a byte, least significant first); a string is its number of UTF-16 units as a vint,
then each unit in one to three bytes as UTF-8 would write that unit (a surrogate pair becomes two of three
bytes); a generic value starts with its type (0 string, 7 list). Settings travel here and only here:
elasticsearch.yml is not read.
"""

import hashlib
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

KEYSTORE_CLASS = "org.elasticsearch.common.settings.KeyStoreWrapper"
KEYSTORE_FORMAT = 7  # the newest that 9.x reads
SHUTDOWN = b"\x1b"  # a byte that asks the running node to close down in order

_STRING = b"\x00"
_LIST = b"\x07"


def server_args(
    settings: Mapping[str, str | Sequence[str]],
    *,
    config: Path,
    logs: Path,
    pid_file: Path | None = None,
    secrets: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes that start a node.

    Args:
        settings: Node settings; every value a string or a list of strings.
        config: The node's configuration folder, absolute.
        logs: The folder of its log files, absolute.
        secrets: Secure settings, which the engine would else read from its keystore file.
        pid_file: Where the node writes its process id, absolute; None for nowhere.
    """
    parts = [
        _boolean(False),  # daemonize: no, it lives and dies with its launcher
        _boolean(True),  # quiet: log to files only
        _boolean(False) if pid_file is None else _boolean(True) + _string(str(pid_file)),
        _string(KEYSTORE_CLASS),
        _keystore(secrets or {}),
        vint(len(settings)),
    ]
    for name, value in settings.items():
        parts += [_string(name), _value(value)]
    parts += [_string(str(config)), _string(str(logs))]
    return b"".join(parts)


def vint(number: int) -> bytes:
    """A number ≥ 0 in as few bytes as it needs, seven bits a byte."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _boolean(value: bool) -> bytes:
    return b"\x01" if value else b"\x00"


def _string(text: str) -> bytes:
    units = struct.unpack(f"<{len(text.encode('utf-16-le')) // 2}H", text.encode("utf-16-le"))
    return vint(len(units)) + b"".join(chr(unit).encode("utf-8", "surrogatepass") for unit in units)


def _value(value: str | Sequence[str]) -> bytes:
    if isinstance(value, str):
        return _STRING + _string(value)
    return _LIST + vint(len(value)) + b"".join(_STRING + _string(item) for item in value)


def _keystore(secrets: Mapping[str, str]) -> bytes:
    """An open keystore without password; each entry carries its bytes and their SHA-256."""
    no_password, no_data, closed = _boolean(False), _boolean(False), _boolean(False)
    entries = [vint(len(secrets))]
    for name, secret in secrets.items():
        content = secret.encode("utf-8")
        entries += [_string(name), _bytes(content), _bytes(hashlib.sha256(content).digest())]
    return struct.pack(">i", KEYSTORE_FORMAT) + no_password + no_data + b"".join(entries) + closed


def _bytes(content: bytes) -> bytes:
    return vint(len(content)) + content
