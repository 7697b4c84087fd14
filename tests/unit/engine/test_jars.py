import pytest

from ranker.engine import jars
from ranker.errors import MissingPartError


def test_a_broken_compiler_is_one_sentence(tmp_path):
    with pytest.raises(MissingPartError) as refusal:
        jars._tool(["/bin/sh", "-c", "echo bad jdk; exit 3"])
    assert str(refusal.value) == (
        "[/bin/sh] failed with exit code [3]: [bad jdk]; reinstall that JDK or set JAVA_HOME to another"
    )
