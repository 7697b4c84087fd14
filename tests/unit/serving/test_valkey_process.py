from pathlib import Path

from ranker.serving.valkey_process import valkey_process
from ranker.settings import Settings


def test_it_is_on_loopback_and_neither_writes_nor_evicts(tmp_path):
    child = valkey_process(Settings(data=tmp_path, valkey_megabytes=32), 6380)
    options = dict(zip(child.argv[1::2], child.argv[2::2], strict=True))
    assert Path(child.argv[0]).name == "valkey-server"
    assert options == {
        "--bind": "127.0.0.1",
        "--port": "6380",
        "--save": "",
        "--appendonly": "no",
        "--maxmemory": "32mb",
        "--maxmemory-policy": "noeviction",
    }
    assert (child.name, child.cwd, child.env) == ("valkey", tmp_path, {})
