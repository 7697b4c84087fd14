"""Files that are whole or absent, and a full disk said in one sentence."""

import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ranker.errors import MissingPartError

ELSEWHERE = "or point ENCORE_DATA and ENCORE_CACHE elsewhere"


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turns "no space left" below `folder` into one sentence; other errors pass through.

    Raises:
        MissingPartError: The disk (or the user's quota) is full, or the folder is read-only.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise MissingPartError(f"the disk of [{folder}] is full: free some space, {ELSEWHERE}") from error
        if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
            raise MissingPartError(
                f"cannot write below [{folder}] ({os.strerror(error.errno)}): "
                f"mend its permissions, {ELSEWHERE}"
            ) from error
        raise


def require_space(folder: Path, megabytes: int) -> None:
    """Refuses before the work when the disk of `folder` holds less than `megabytes`.

    Raises:
        MissingPartError: There is less; the message gives both figures.
    """
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(existing).free // 2**20
    if free < megabytes:
        raise MissingPartError(
            f"the disk of [{folder}] has [{free}] MB free and [{megabytes}] are needed: "
            f"free some space, {ELSEWHERE}"
        )


@contextmanager
def whole_folder(target: Path) -> Iterator[Path | None]:
    """A temporary folder that becomes `target` when the block ends well, at once and only then.

    Yields None when `target` exists already: there is nothing to do. Processes that want the same folder
    wait for each other, so that the work is done once; what a kill left half-made is removed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = target.parent / f".{target.name}.lock"
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if target.exists():
            yield None
            return
        for left in target.parent.glob(f".{target.name}.making-*"):
            shutil.rmtree(left, ignore_errors=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.making-", dir=target.parent))
        try:
            temporary.chmod(0o755)
            yield temporary
            temporary.rename(target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def link_or_copy(source: str | Path, target: str | Path) -> None:
    """The same file under a second name: by hard link, or by copy across file systems."""
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copy2(source, target)
