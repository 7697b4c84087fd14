"""What our launcher reads from standard input: two lines of JSON, the node's settings and its secrets."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path


def settings_and_secrets(
    settings: Mapping[str, str | Sequence[str]],
    *,
    config: Path,
    logs: Path,
    secrets: Mapping[str, str] | None = None,
) -> bytes:
    """The bytes that start a node.

    Args:
        settings: Node settings; every value a string or a list of strings.
        config: Unused: the command line names it.
        logs: Unused: the settings name it.
        secrets: Secure settings, which the engine would else read from its keystore file.
    """
    del config, logs
    return b"".join(json.dumps(dict(part)).encode() + b"\n" for part in (settings, secrets or {}))
