"""docker-compose.yml against the Compose specification, and against our own rules about doors and secrets.

It is not run here: there is no Docker and no GPU.
"""

import json
import re

import pytest
import yaml
from compose_spec import PyCompose

from ranker.engine.elasticsearch.home import VERSION
from ranker.settings import COMPOSE_VARIABLES, PROJECT, Settings

TEXT = (PROJECT / "docker-compose.yml").read_text("utf-8")
GIVEN = {
    "ENCORE_ENGINE_URL": "https://127.0.0.1:9200",
    "ENCORE_ENGINE_USER": "elastic",
    "ENCORE_ENGINE_PASSWORD_FILE": ".encore/secrets/elastic_password",
    "ENCORE_ENGINE_CERTIFICATE_AUTHORITY": ".encore/secrets/ca.crt",
    "ENCORE_RANKER_URL": "https://127.0.0.1:8400",
    "ENCORE_RANKER_TOKEN_FILE": ".encore/secrets/ranker_token",
}


def interpolated(text: str) -> str:
    """As Compose reads it where no variable is set: defaults in, required ones by a name, $$ as $."""

    def value(match: re.Match) -> str:
        return match["default"] if match["kind"] == ":-" else "given"

    variable = re.compile(r"(?<!\$)\$\{[A-Z_]+(?P<kind>:-|:\?)(?P<default>[^}]*)\}")
    return variable.sub(value, text).replace("$$", "$")


@pytest.fixture(scope="module")
def services():
    return yaml.safe_load(interpolated(TEXT))["services"]


def parsed(text: str) -> PyCompose:
    """The file by a strict parser of the specification, merges (<<) resolved first."""
    return PyCompose.from_json(json.dumps(yaml.safe_load(interpolated(text))))


def servers(services):
    """The services that stay up."""
    return {name: service for name, service in services.items() if "restart" in service}


def test_it_follows_the_compose_specification(services):
    assert set(parsed(TEXT).services) == set(services)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [("    expose:", "    exposes:"), ("service_healthy", "healthy"), ("shm_size: 1gb", "shm_size: large")],
)
def test_the_check_finds_mistakes(right, wrong):
    assert right in TEXT
    with pytest.raises(ValueError, match=wrong.strip(" :").rpartition(" ")[2]):
        parsed(TEXT.replace(right, wrong))


def test_every_variable_has_a_default_or_a_reason():
    used = set(re.findall(r"(?<!\$)\$\{([^}:]+)(:-|:\?|)", "\n".join(code_lines())))
    assert {name for name, kind in used if not kind} == set()
    assert {name for name, _ in used} == {
        "ENCORE_CACHE",
        "ENCORE_DATA",
        "ENCORE_MODEL_REPO",
        *COMPOSE_VARIABLES,
    }


def code_lines() -> list[str]:
    return [line for line in TEXT.splitlines() if not line.lstrip().startswith("#")]


def test_everything_published_is_published_on_loopback(services):
    published = [port for service in services.values() for port in service.get("ports", [])]
    assert sorted(published) == ["127.0.0.1:5601:5601", "127.0.0.1:8400:8400", "127.0.0.1:9200:9200"]
    assert all(service.get("network_mode") != "host" for service in services.values())


def test_the_engine_is_the_version_that_the_plugin_is_for(services):
    for name, service in services.items():
        if name not in ("triton", "ranker"):
            assert service["image"].partition(":")[2] == VERSION


def test_the_engine_has_security_and_tls_on(services):
    environment = services["elasticsearch"]["environment"]
    assert environment["xpack.security.enabled"] == "true"
    assert environment["xpack.security.http.ssl.enabled"] == "true"
    assert environment["transport.host"] == "127.0.0.1"


def test_the_engine_leaves_search_threads_beside_waiting_rescorers(services):
    environment = services["elasticsearch"]["environment"]
    calls = int(environment["encore.ranker.calls_in_flight"])
    assert calls == Settings.model_fields["calls_in_flight"].default
    assert int(environment["thread_pool.search.size"]) == calls + 4


def test_triton_is_unpublished_cannot_write_and_restricts_its_repository(services):
    triton = services["triton"]
    assert "ports" not in triton
    assert [volume for volume in triton["volumes"] if not volume.endswith(":ro")] == []
    command = triton["entrypoint"][-1]
    assert '--grpc-restricted-protocol="model-repository,' in command
    assert "--http-address=127.0.0.1" in command
    assert triton["deploy"]["resources"]["reservations"]["devices"] == [
        {"driver": "nvidia", "count": 1, "capabilities": ["gpu"]}
    ]


def test_the_ranker_listens_beyond_loopback_with_token_and_tls_only(services):
    environment = services["ranker"]["environment"]
    assert environment["ENCORE_RANKER_HOST"] == "0.0.0.0"
    for name in ("ENCORE_RANKER_TOKEN_FILE", "ENCORE_RANKER_TLS_CERTIFICATE", "ENCORE_RANKER_TLS_KEY"):
        assert environment[name].startswith(("/run/secrets/", "/certificates/"))
    assert services["elasticsearch"]["environment"]["encore.ranker.addresses"] == "https://ranker:8400"


def test_the_engine_knows_the_ranker_by_the_authority_that_signed_its_certificate(services):
    engine = services["elasticsearch"]
    named = engine["environment"]["encore.ranker.certificate_authorities"]
    assert named == engine["environment"]["xpack.security.http.ssl.certificate_authorities"]
    assert "certificates:/usr/share/elasticsearch/config/certificates:ro" in engine["volumes"]
    assert "trustStore" not in TEXT


def test_an_index_can_be_built_into_it(services):
    """What its head exports are settings, and the ranker sees the folders that a build fills."""
    exported = set(re.findall(r"(ENCORE_[A-Z_]+)=", TEXT))
    Settings(**{name.removeprefix("ENCORE_").lower(): value for name, value in GIVEN.items()})
    assert exported - COMPOSE_VARIABLES == set(GIVEN)
    ranker = services["ranker"]["volumes"]
    assert {"./.encore/dictionary:/data/dictionary:ro", "./.encore/generations:/data/generations"} <= set(
        ranker
    )


def test_the_rankers_variables_are_settings(services):
    names = {f"ENCORE_{name.upper()}" for name in Settings.model_fields}
    given = {name for name in services["ranker"]["environment"] if name.startswith("ENCORE_")}
    assert given <= names


def test_secrets_come_from_files_alone():
    document = yaml.safe_load(interpolated(TEXT))
    used = {name for service in document["services"].values() for name in service.get("secrets", [])}
    assert used == set(document["secrets"])
    assert all(list(secret) == ["file"] for secret in document["secrets"].values())
    for service in document["services"].values():
        for name in service.get("environment", {}):
            assert not re.search(r"PASSWORD$|TOKEN$|SECRET|ENCRYPTIONKEY", name)


def test_servers_have_few_rights_and_a_health_check(services):
    assert set(servers(services)) == {"elasticsearch", "kibana", "triton", "ranker"}
    for service in servers(services).values():
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert "healthcheck" in service


def test_no_registry_is_named():
    images = re.findall(r"image: (\S+)", "\n".join(code_lines()))
    assert all("/" not in image for image in images)
