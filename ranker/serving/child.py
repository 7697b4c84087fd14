"""What a supervisor needs in order to start a process: a value, made by the room that owns the part."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class ChildProcess:
    """One process to run; starting, watching and restarting it is the supervisor's work.

    Immutable, so that a restart runs exactly what the first start ran. The value says nothing about
    readiness: whoever made it also offers a probe that does real work.

    Attributes:
        name: The part in status, logs and faults ("triton").
        argv: Program and arguments; the program is an absolute path.
        env: The whole environment of the child; nothing is inherited.
        cwd: Its working folder; exists before the start.
        log_name: File name below the run folder that takes its standard output and error.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path
    log_name: str
