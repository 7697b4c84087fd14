import pytest

from ranker.engine.elasticsearch import home


@pytest.mark.parametrize(
    ("jar", "place"),
    [
        ("elasticsearch-9.5.3.jar", "lib"),
        ("lucene-core-10.5.1.jar", "lib"),
        ("elasticsearch-entitlement-9.5.3.jar", "lib"),
        ("elasticsearch-entitlement-bridge-9.5.3.jar", "lib/entitlement-bridge"),
        ("netty-buffer-4.1.135.Final.jar", "modules/transport-netty4"),
        ("transport-netty4-9.5.3.jar", "modules/transport-netty4"),
        ("elasticsearch-ssl-config-9.5.3.jar", "modules/transport-netty4"),
    ],
)
def test_each_jar_has_its_place(jar, place):
    assert home._place(jar) == place
