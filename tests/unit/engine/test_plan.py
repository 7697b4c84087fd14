import json
import os
import socket
from pathlib import Path

import pytest

from ranker.engine import lock
from ranker.engine.home import EngineHome
from ranker.engine.java import Jdk
from ranker.engine.plan import (
    clear_temporary,
    last_words,
    lock_data,
    plan,
    ranker_secrets,
    ranker_settings,
)
from ranker.errors import EncoreError, InvalidInputError, MissingPartError
from ranker.settings import Settings
from tests.certificates import self_signed

JDK = Jdk(Path("/some/jdk"), 25)
HOME = EngineHome("elasticsearch", Path("/some/home"), ("encore",))
OTHER_HOME = EngineHome("opensearch", Path("/some/home"), ("encore", "opensearch-knn"))


def text(value: str) -> bytes:
    return bytes([len(value)]) + value.encode("ascii")


def setting(name: str, value: str) -> bytes:
    return text(name) + b"\x00" + text(value)


def dictionary(folder: Path, version: str = "abc") -> Path:
    (folder / version).mkdir(parents=True)
    (folder / version / "manifest.json").write_text("{}")
    return folder / version


def test_the_node_binds_to_loopback_alone_and_leaves_search_threads(tmp_path):
    made = plan(Settings(data=tmp_path, calls_in_flight=5), HOME, JDK, port=9333)
    assert made.url == "http://127.0.0.1:9333"
    assert made.port == 9333
    for expected in (
        setting("network.host", "127.0.0.1"),
        setting("http.port", "9333"),
        setting("discovery.type", "single-node"),
        setting("thread_pool.search.size", "9"),
    ):
        assert expected in made.stdin


def test_options_of_the_jvm_stand_before_ours(tmp_path):
    settings = Settings(data=tmp_path, engine_java_options="-XX:TieredStopAtLevel=1 -Dx=y")
    argv = plan(settings, HOME, JDK, port=9333).child.argv
    assert argv[:4] == ("/some/jdk/bin/java", "-XX:TieredStopAtLevel=1", "-Dx=y", "-Xms1024m")


def test_it_inherits_nothing_and_runs_that_jdk(tmp_path):
    settings = Settings(data=tmp_path, engine_heap_megabytes=300, engine_java_options="")
    made = plan(settings, HOME, JDK, port=9333)
    assert made.child.argv[:3] == ("/some/jdk/bin/java", "-Xms300m", "-Xmx300m")
    assert made.child.argv[-2:] == (
        "-m",
        "org.elasticsearch.server/org.elasticsearch.bootstrap.Elasticsearch",
    )
    assert sorted(made.child.env) == ["LANG", "LIBFFI_TMPDIR", "PATH"]


def test_opensearch_gets_the_same_settings_and_secrets_as_two_lines_of_json(tmp_path):
    settings = Settings(data=tmp_path, engine="opensearch", engine_heap_megabytes=300, engine_java_options="")
    extra = {"encore.ranker.addresses": ["http://127.0.0.1:1"]}
    made = plan(
        settings, OTHER_HOME, JDK, extra=extra, secrets={"encore.ranker.token": "s3cret 密"}, port=9333
    )
    said, secret, rest = made.stdin.split(b"\n")
    node = json.loads(said)
    assert node["network.host"] == "127.0.0.1"
    assert node["http.port"] == "9333"
    assert node["thread_pool.search.size"] == "12"
    assert node["encore.ranker.addresses"] == ["http://127.0.0.1:1"]
    assert json.loads(secret) == {"encore.ranker.token": "s3cret 密"}
    assert rest == b""
    assert "s3cret" not in repr(made)
    assert made.farewell == b""
    assert made.child.argv[:3] == ("/some/jdk/bin/java", "-Xms300m", "-Xmx300m")
    assert made.child.argv[-3:] == (
        "-cp",
        "/some/home/launcher/encore-launcher.jar:/some/home/lib/*",
        "org.opensearch.bootstrap.EncoreLauncher",
    )


def test_the_engines_have_their_data_apart_and_logs_of_their_own(tmp_path):
    one = plan(Settings(data=tmp_path), HOME, JDK, port=9333)
    other = plan(Settings(data=tmp_path, engine="opensearch"), OTHER_HOME, JDK, port=9333)
    assert one.data == tmp_path / "engine" / "elasticsearch"
    assert other.data == tmp_path / "engine" / "opensearch"
    assert "${sys:es.logs.base_path}" in (one.data / "config" / "log4j2.properties").read_text()
    assert "${sys:opensearch.logs.base_path}" in (other.data / "config" / "log4j2.properties").read_text()


def test_two_plans_are_the_same_node(tmp_path):
    settings = Settings(data=tmp_path)
    assert plan(settings, HOME, JDK, port=9333) == plan(settings, HOME, JDK, port=9333)


def test_extra_settings_are_added_or_replace_ours(tmp_path):
    extra = {"http.port": "9444", "encore.ranker.addresses": ["http://127.0.0.1:1", "http://127.0.0.1:2"]}
    made = plan(Settings(data=tmp_path), HOME, JDK, extra=extra, port=9333)
    assert setting("http.port", "9444") in made.stdin
    assert setting("http.port", "9333") not in made.stdin
    addresses = b"\x07\x02\x00" + text("http://127.0.0.1:1") + b"\x00" + text("http://127.0.0.1:2")
    assert text("encore.ranker.addresses") + addresses in made.stdin


def test_the_plugins_settings_come_from_ours():
    settings = Settings(fine_rank_timeout_milliseconds=250, calls_in_flight=3)
    assert ranker_settings(settings, ["http://127.0.0.1:8400"]) == {
        "encore.ranker.addresses": ["http://127.0.0.1:8400"],
        "encore.ranker.timeout": "250ms",
        "encore.ranker.calls_in_flight": "3",
    }


def test_the_rankers_token_is_a_secret_of_the_node_and_not_shown(tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    settings = Settings(data=tmp_path, ranker_token_file=tmp_path / "token")
    secrets = ranker_secrets(settings)
    assert secrets == {"encore.ranker.token": "s3cret"}
    made = plan(settings, HOME, JDK, secrets=secrets, port=9333)
    assert text("encore.ranker.token") + text("s3cret") in made.stdin
    assert "s3cret" not in repr(made)


def test_the_node_knows_the_ranker_by_its_certificate_and_never_sees_its_key(tmp_path):
    pair = self_signed(tmp_path)
    both = tmp_path / "both.pem"
    both.write_bytes(pair.key.read_bytes() + pair.certificate.read_bytes())
    settings = Settings(data=tmp_path / "data", ranker_tls_certificate=both)
    made = plan(settings, HOME, JDK, extra=ranker_settings(settings, ["https://127.0.0.1:1"]), port=9333)
    assert setting("encore.ranker.certificate_authorities", "encore/ranker.pem") in made.stdin
    assert (made.data / "config" / "encore" / "ranker.pem").read_bytes() == pair.certificate.read_bytes()


def test_without_a_token_there_is_no_secret():
    assert ranker_secrets(Settings()) == {}


def test_a_token_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(InvalidInputError) as refusal:
        ranker_secrets(Settings(ranker_token_file=tmp_path / "absent"))
    assert str(refusal.value) == (
        f"the token file [{tmp_path / 'absent'}] can't be read: [No such file or directory]"
    )


def test_dictionaries_and_log_configuration_lie_in_the_nodes_folder(tmp_path):
    version = dictionary(tmp_path / "exported")
    made = plan(Settings(data=tmp_path / "data"), HOME, JDK, dictionaries=[version], port=9333)
    config = made.data / "config"
    assert (config / "encore" / "dictionary" / "abc" / "manifest.json").read_text() == "{}"
    assert "RollingFile" in (config / "log4j2.properties").read_text()
    again = plan(Settings(data=tmp_path / "data"), HOME, JDK, dictionaries=[version], port=9333)
    assert again == made


def test_a_port_that_is_taken_is_refused_before_anything_starts(tmp_path):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(MissingPartError) as refusal:
            plan(Settings(data=tmp_path, engine_port=port), HOME, JDK)
    assert str(refusal.value) == (
        f"port [{port}] on 127.0.0.1 is taken by another program: "
        f"stop that program, or set ENCORE_ENGINE_PORT to another port (0 picks a free one)"
    )


def test_a_plan_leaves_a_running_nodes_temporary_files_alone(tmp_path):
    made = plan(Settings(data=tmp_path), HOME, JDK, port=9333)
    (made.data / "tmp" / "in-use").write_text("1")
    (made.data / "tmp" / "folder").mkdir()
    plan(Settings(data=tmp_path), HOME, JDK, port=9333)
    assert (made.data / "tmp" / "in-use").exists()
    clear_temporary(made)
    assert list((made.data / "tmp").iterdir()) == []


def test_one_node_a_data_folder(tmp_path):
    held = lock_data(tmp_path)
    lock.note(held, os.getpid())
    with pytest.raises(EncoreError) as refusal:
        lock_data(tmp_path)
    assert str(refusal.value) == (
        f"an engine already runs on [{tmp_path}] (process [{os.getpid()}]): "
        f"stop it with 'encore down', or set ENCORE_DATA to another folder"
    )
    os.close(held)
    os.close(lock_data(tmp_path))


BOOT = """[x] version[9.5.3], pid[{pid}], build[tar]
[x] fatal exception while booting Elasticsearch
java.lang.IllegalStateException: {what}
\tat org.elasticsearch.Something(Something.java:1)
Caused by: java.io.IOException: deeper
"""


@pytest.mark.parametrize(
    ("log", "output", "reason"),
    [
        (BOOT.format(pid=7, what="no luck"), "", ": [java.lang.IllegalStateException: no luck]"),
        (BOOT.format(pid=6, what="an older start"), "", ""),
        (
            BOOT.format(pid=6, what="old") + BOOT.format(pid=7, what="new"),
            "",
            ": [java.lang.IllegalStateException: new]",
        ),
        ("", "--- started a\njava.lang.Error: old\n--- started b\n", ""),
        (
            "",
            "--- started b\nException in thread main\njava.lang.Error: no flag\n",
            ": [java.lang.Error: no flag]",
        ),
    ],
)
def test_the_last_words_are_those_of_this_start(tmp_path, log, output, reason):
    made = plan(Settings(data=tmp_path), HOME, JDK, port=9333)
    made.output.parent.mkdir()
    made.log.write_text(log)
    made.output.write_text(output)
    assert last_words(made, 7, "died with exit code [1]") == (
        f"the engine died with exit code [1]{reason}; look at [{made.log}] and [{made.output}]"
    )


def test_a_port_lost_between_choice_and_bind_is_said_as_such(tmp_path):
    made = plan(Settings(data=tmp_path), HOME, JDK, port=9333)
    made.log.write_text(BOOT.format(pid=7, what="x") + "BindHttpException[Failed to bind to 127.0.0.1:9333]")
    assert last_words(made, 7, "died").startswith("port [9333] on 127.0.0.1 is taken by another program")


def test_a_full_disk_is_said_as_such(tmp_path):
    made = plan(Settings(data=tmp_path), HOME, JDK, port=9333)
    made.log.write_text(BOOT.format(pid=7, what="No space left on device"))
    assert last_words(made, 7, "died") == (
        f"the engine died because the disk of [{made.data}] is full: free some space"
    )
