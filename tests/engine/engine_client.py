"""The few calls that scenarios make of a node, the same for both engines: JSON in, JSON out.

Each fails the test when the engine refuses; what shall be refused is sent by plain HTTP.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import httpx


class EngineClient:
    """Calls over an HTTP client of a node."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http

    def call(self, method: str, path: str, body: Any = None, **parameters: Any) -> Any:
        """The JSON that answers; a true or false parameter is written as the engines want it."""
        plain = {k: str(v).lower() if isinstance(v, bool) else v for k, v in parameters.items()}
        answer = self._http.request(method, path, json=body, params=plain)
        assert answer.status_code < 400, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def create(
        self, index: str, mappings: Mapping[str, Any] | None = None, settings: Mapping[str, Any] | None = None
    ) -> None:
        """An index; one shard without replicas unless the settings say otherwise."""
        chosen = {"number_of_shards": 1, "number_of_replicas": 0, **(settings or {})}
        self.call("PUT", f"/{index}", {"settings": chosen, "mappings": mappings or {}})

    def drop(self, index: str) -> None:
        self.call("DELETE", f"/{index}")

    def write(self, index: str, id: str, document: Mapping[str, Any], *, refresh: bool = False) -> None:
        self.call("PUT", f"/{index}/_doc/{id}", document, refresh=refresh)

    def delete(self, index: str, id: str) -> None:
        """Visible at once."""
        self.call("DELETE", f"/{index}/_doc/{id}", refresh=True)

    def fill(self, index: str, documents: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Documents by their ids, visible at once."""
        lines = [
            json.dumps(line) for id, document in documents for line in ({"index": {"_id": id}}, document)
        ]
        answer = self._http.post(
            f"/{index}/_bulk?refresh=true",
            content="\n".join([*lines, ""]),
            headers={"Content-Type": "application/x-ndjson"},
        )
        assert answer.status_code == 200, answer.text
        assert not answer.json()["errors"], answer.text

    def refresh(self, index: str) -> None:
        self.call("POST", f"/{index}/_refresh")

    def search(self, index: str, parameters: Mapping[str, Any] | None = None, **body: Any) -> Any:
        return self.call("POST", f"/{index}/_search", body, **(parameters or {}))

    def explain(self, index: str, id: str, query: Mapping[str, Any]) -> Any:
        return self.call("POST", f"/{index}/_explain/{id}", {"query": query})

    def analyze(self, index: str, analyzer: str, text: str | list[str]) -> Any:
        return self.call("POST", f"/{index}/_analyze", {"analyzer": analyzer, "text": text})

    def configure(self, settings: Mapping[str, Any]) -> None:
        """Persistent cluster settings; None takes one back."""
        self.call("PUT", "/_cluster/settings", {"persistent": dict(settings)})
