"""The Triton server's own environment: made once for each content, below the cache, beside the project's.

The model processes that Triton starts need NumPy 1, the project needs NumPy 2, so they cannot share one.
"""

import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ranker.errors import MissingPartError
from ranker.settings import Settings

_ROOM: Final = Path(__file__).parent
_REQUIREMENTS: Final = _ROOM / "requirements.txt"
_BACKEND_FILES: Final = ("model.py", "graph.py")
_MACHINES: Final = ("x86_64", "aarch64")
_GLIBC: Final = (2, 35)  # the server binary's
_PYTHONS: Final = ((3, 11), (3, 12))  # both NumPy 1 and a model process of Triton exist for these
_INSTEAD: Final = "or set ENCORE_MODEL_SERVER=in_process to serve without Triton"


@dataclass(frozen=True)
class TritonEnvironment:
    """Where the parts of the Triton server lie.

    Attributes:
        server: The server's binary.
        programs: The environment's `bin`, first in PATH: model processes find their packages by it.
        libraries: LD_LIBRARY_PATH, in this order: the interpreter's own libpython must come before the
            one that is packed with the server, two in one process crash it.
        backends: Backend directory: Triton's Python backend and our `onnxruntime` on top of it.
    """

    server: Path
    programs: Path
    libraries: tuple[Path, ...]
    backends: Path


def triton_environment(settings: Settings) -> TritonEnvironment:
    """The environment, made if it is missing (about 100 MB to download the first time).

    Several processes may ask at once: one makes it, the others wait.

    Raises:
        MissingPartError: This machine cannot run it, or its packages cannot be had.
    """
    check_machine()
    folder = settings.cache_path / "triton"
    python_folder = folder / f"python-{_key(_REQUIREMENTS)}"
    ours = (_ROOM / "backend" / name for name in _BACKEND_FILES)
    backends = folder / f"backends-{_key(_REQUIREMENTS, *ours)}"
    packages = python_folder / "lib" / f"python{_python_version()}" / "site-packages"
    if not (python_folder.is_dir() and backends.is_dir()):
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder / "lock"):
            _make(python_folder, _install_packages)
            _make(backends, lambda target: _copy_backends(packages, target))
    return TritonEnvironment(
        server=packages / "pytriton/tritonserver/bin/tritonserver",
        programs=python_folder / "bin",
        libraries=(_libpython().parent, packages / "nvidia_pytriton.libs"),
        backends=backends,
    )


def check_machine() -> None:
    """Refuse a machine on which the server's binary cannot run.

    Raises:
        MissingPartError: Names what is wrong and what to do instead.
    """
    if platform.system() != "Linux" or platform.machine() not in _MACHINES:
        raise MissingPartError(
            f"the Triton server runs on Linux on {' or '.join(_MACHINES)}, not on "
            f"[{platform.system()} {platform.machine()}]; use such a machine, {_INSTEAD}"
        )
    name, version = platform.libc_ver()
    if name != "glibc" or tuple(int(part) for part in version.split(".")[:2]) < _GLIBC:
        raise MissingPartError(
            f"the Triton server needs glibc {_GLIBC[0]}.{_GLIBC[1]} or newer, this machine has "
            f"[{name} {version}]; use Debian 12 or newer, {_INSTEAD}"
        )
    if sys.version_info[:2] not in _PYTHONS:
        raise MissingPartError(
            f"the Triton server's model processes run on Python 3.11 or 3.12, this is [{_python_version()}]; "
            f"use one of those, {_INSTEAD}"
        )
    if not _libpython().is_file():
        raise MissingPartError(
            f"the Triton server's model processes need the shared library [{_libpython()}]; "
            f"install it (Debian: libpython{_python_version()}), {_INSTEAD}"
        )


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _libpython() -> Path:
    name = f"libpython{_python_version()}.so.1.0"
    return Path(sysconfig.get_config_var("LIBDIR") or "/") / name


def _key(*files: Path) -> str:
    """A name for the content of the files on this interpreter: change either, and it is made anew."""
    content = hashlib.sha256(f"{sys.version} {sys.base_prefix} {platform.machine()}".encode())
    for file in files:
        content.update(file.read_bytes())
    return content.hexdigest()[:12]


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(target: Path, fill: Callable[[Path], None]) -> None:
    """Fill a folder beside the target and rename it: the target exists whole or not at all."""
    if target.is_dir():
        return
    unfinished = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    try:
        fill(unfinished)
        unfinished.chmod(0o755)
        unfinished.rename(target)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _install_packages(target: Path) -> None:
    uv = _uv()
    # The requirements name every package with its hash; nothing is resolved and nothing is compiled.
    packages = ("--no-deps", "--require-hashes", "--no-build", "-r", str(_REQUIREMENTS))
    for arguments in (
        ("venv", "--allow-existing", "--python", sys.executable, str(target)),
        ("pip", "install", "--python", str(target / "bin" / "python"), *packages),
    ):
        done = subprocess.run([uv, "--quiet", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            reason = " ".join(done.stderr.split()) or f"exit code {done.returncode}"
            raise MissingPartError(
                f"the packages of the Triton server could not be installed: [{reason}]; "
                f"check the network and the package index, {_INSTEAD}"
            )


def _uv() -> str:
    try:
        from uv import find_uv_bin

        return os.fspath(find_uv_bin())
    except (ImportError, FileNotFoundError):
        raise MissingPartError(
            f"[uv], which installs the Triton server, is missing; run `pip install uv`, {_INSTEAD}"
        ) from None


def _copy_backends(packages: Path, target: Path) -> None:
    """Copies, never links: Triton refuses a file that leads out of the backend directory."""
    triton = packages / "pytriton" / "tritonserver"
    python, onnxruntime = target / "python", target / "onnxruntime"
    shutil.copytree(triton / "backends" / "python", python)
    shutil.copy2(triton / "python_backend_stubs" / _python_version() / "triton_python_backend_stub", python)
    onnxruntime.mkdir()
    for name in _BACKEND_FILES:
        shutil.copy2(_ROOM / "backend" / name, onnxruntime)
