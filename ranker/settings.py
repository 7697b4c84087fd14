"""Settings of one installation: typed, read once at the edge from the environment, passed in.

Every folder and address that two rooms share is named here and nowhere else. Nothing below the
command line reads the environment.
"""

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent
PREFIX = "ENCORE_"
Engine = Literal["elasticsearch", "opensearch"]
_ADDRESS = r"^https?://[^/?#@]+/?$"
COMPOSE_VARIABLES = frozenset(
    {"ENCORE_GID", "ENCORE_PLUGIN_ZIP", "ENCORE_SECRETS", "ENCORE_TRITON_IMAGE", "ENCORE_UID"}
)
"""What docker-compose.yml alone reads, and a person's shell may hold while our commands run."""


class Settings(BaseSettings):
    """Where data lives, which ports are wanted and how long a call may take."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    data: Path = Field(PROJECT / ".encore", description="All state of this installation.")
    cache: Path | None = Field(None, description="Downloads and built parts, shared by installations.")
    model_repo: Path = Field(PROJECT / "model_repo", description="Triton's model repository.")

    engine: Engine = Field("elasticsearch", description="The search engine to start, or that runs elsewhere.")
    engine_port: int = Field(0, ge=0, le=65535, description="0: 9200 if it is free, else any free port.")
    engine_heap_megabytes: int = Field(1024, ge=256)
    engine_java_options: str = Field("", description="More options of the engine's JVM, before ours.")
    ranker_port: int = Field(0, ge=0, le=65535, description="0: 8400 if it is free, else any free port.")
    ranker_host: str = Field("127.0.0.1", description="Where the ranker listens; others need token, TLS.")
    ranker_token_file: Path | None = Field(None, description="A file with the ranker's bearer token.")
    ranker_tls_certificate: Path | None = Field(None, description="PEM chain; with ranker_tls_key.")
    ranker_tls_key: Path | None = Field(None, description="PEM key.")
    model_server: Literal["triton", "in_process"] = Field(
        "triton", description="Where models run; in_process is ONNX Runtime inside the ranker."
    )
    online_store: Literal["memory", "valkey"] = Field(
        "memory", description="Where counters of the last minutes lie: in the ranker, or in Valkey."
    )
    valkey_url: str | None = Field(
        None,
        pattern=r"^(valkeys?|rediss?)://",
        description="A Valkey or Redis that runs elsewhere, any node of a cluster; else one is started.",
    )
    valkey_megabytes: int = Field(256, ge=16, description="Memory of the one that is started.")
    online_timeout_milliseconds: int = Field(
        20, ge=1, description="The ranker's deadline for a read of counters."
    )
    fine_rank_timeout_milliseconds: int = Field(500, ge=1, description="The plugin's deadline for a call.")
    model_timeout_milliseconds: int = Field(400, ge=1, description="The ranker's deadline for its models.")
    calls_in_flight: int = Field(8, ge=1, description="Bound on a node's concurrent calls to the ranker.")

    engine_url: str | None = Field(
        None,
        pattern=_ADDRESS,
        description="An engine that runs elsewhere (containers): index, search and eval talk to it.",
    )
    engine_user: str | None = Field(None, description="Its user, with engine_password_file.")
    engine_password_file: Path | None = Field(None, description="A file with that user's password.")
    engine_certificate_authority: Path | None = Field(
        None, description="PEM certificates that this engine and its ranker are known by; else the system's."
    )
    ranker_url: str | None = Field(
        None, pattern=_ADDRESS, description="The ranker of engine_url; without it columns change on disk."
    )

    @model_validator(mode="after")
    def _together(self) -> Self:
        """Halves of one thing are a mistake."""
        if (self.engine_user is None) != (self.engine_password_file is None):
            raise ValueError("engine_user and engine_password_file go together: set both or neither")
        if self.engine_url is None and self.ranker_url is not None:
            raise ValueError("ranker_url is for the stack of engine_url: set that too")
        if self.valkey_url is not None and self.online_store != "valkey":
            raise ValueError("valkey_url is for the online_store valkey: set that too")
        return self

    @field_validator("*", mode="after")
    @classmethod
    def _absolute(cls, value: object) -> object:
        """Paths hold for children too, which run in other folders."""
        return value.absolute() if isinstance(value, Path) else value

    def environment(self) -> dict[str, str]:
        """These settings as the variables that a child process reads them from."""
        values = self.model_dump(mode="json", exclude_none=True)
        return {f"{PREFIX}{name.upper()}": str(value) for name, value in values.items()}

    @property
    def cache_path(self) -> Path:
        """Downloads, engine homes, environments and encoders; safe to delete, made again when missing."""
        return self.cache or self.data / "cache"

    @property
    def encoders(self) -> Path:
        """Encoders of titles and queries, one folder each."""
        return self.cache_path / "encoder"

    @property
    def worlds(self) -> Path:
        """Sample worlds, one folder a name."""
        return self.data / "worlds"

    @property
    def dictionaries(self) -> Path:
        """Exported dictionaries, one immutable folder a version."""
        return self.data / "dictionary"

    @property
    def generations(self) -> Path:
        """The ranker's columns, one folder a generation; a generation's index lies in one engine."""
        return self.data / "generations" / self.engine

    @property
    def writes(self) -> Path:
        """The log of accepted writes, one folder an index; each engine's indices have their own."""
        return self.data / "writes" / self.engine

    @property
    def run(self) -> Path:
        """Lock, state, control socket and logs of the running processes."""
        return self.data / "run"

    @property
    def engine_data(self) -> Path:
        """The engine's own data, kept over restarts; each engine has a folder of its own."""
        return self.data / "engine" / self.engine

    @property
    def events(self) -> Path:
        """The append log of events."""
        return self.data / "events"

    @property
    def statistics(self) -> Path:
        """What whole days say, one folder for each day that may know it."""
        return self.data / "statistics"

    @property
    def snapshots(self) -> Path:
        """The log of what the ranker saw when it scored."""
        return self.data / "snapshots"
