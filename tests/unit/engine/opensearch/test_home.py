import zipfile

from ranker.engine.opensearch import home


def test_only_what_a_node_needs_is_unpacked(tmp_path):
    archive = tmp_path / "opensearch.zip"
    root = f"opensearch-{home.VERSION}"
    with zipfile.ZipFile(archive, "w") as content:
        for name in (
            "agent/opensearch-agent.jar",
            "bin/opensearch",
            "config/opensearch.yml",
            "lib/opensearch-3.5.0.jar",
            "lib/tools/fips-demo-installer-cli/bc-fips.jar",
            "modules/ingest-geoip/GeoLite2.mmdb",
            "modules/lang-painless/lang-painless.jar",
        ):
            content.writestr(f"{root}/{name}", "1")
    home._unpack(archive, tmp_path / "unpacked")
    unpacked = tmp_path / "unpacked" / root
    assert sorted(str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()) == [
        "agent/opensearch-agent.jar",
        "lib/opensearch-3.5.0.jar",
        "modules/lang-painless/lang-painless.jar",
    ]
