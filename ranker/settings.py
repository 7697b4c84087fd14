"""Settings of one installation: typed, read once at the edge from the environment, passed in.

Every folder and address that two rooms share is named here and nowhere else. Nothing below the
command line reads the environment.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Where data lives, which ports are wanted and how long a call may take."""

    model_config = SettingsConfigDict(env_prefix="ENCORE_", frozen=True, extra="forbid")

    data: Path = Field(PROJECT / ".encore", description="All state of this installation.")
    cache: Path | None = Field(None, description="Downloads and built parts, shared by installations.")
    model_repo: Path = Field(PROJECT / "model_repo", description="Triton's model repository.")

    engine: Literal["elasticsearch"] = Field("elasticsearch", description="The search engine to start.")
    engine_port: int = Field(0, ge=0, le=65535, description="0: 9200 if it is free, else any free port.")
    engine_heap_megabytes: int = Field(1024, ge=256)
    ranker_port: int = Field(0, ge=0, le=65535, description="0: 8400 if it is free, else any free port.")
    ranker_host: str = Field("127.0.0.1", description="Where the ranker listens; others need token, TLS.")
    ranker_token_file: Path | None = Field(None, description="A file with the ranker's bearer token.")
    ranker_tls_certificate: Path | None = Field(None, description="PEM chain; with ranker_tls_key.")
    ranker_tls_key: Path | None = Field(None, description="PEM key.")
    model_server: Literal["triton", "in_process"] = Field(
        "triton", description="Where models run; in_process is ONNX Runtime inside the ranker."
    )
    fine_rank_timeout_milliseconds: int = Field(500, ge=1, description="The plugin's deadline for a call.")
    model_timeout_milliseconds: int = Field(400, ge=1, description="The ranker's deadline for its models.")
    calls_in_flight: int = Field(8, ge=1, description="Bound on a node's concurrent calls to the ranker.")

    @field_validator("*", mode="after")
    @classmethod
    def _absolute(cls, value: object) -> object:
        """Paths hold for children too, which run in other folders."""
        return value.absolute() if isinstance(value, Path) else value

    def environment(self) -> dict[str, str]:
        """These settings as the variables that a child process reads them from."""
        values = self.model_dump(mode="json", exclude_none=True)
        return {f"ENCORE_{name.upper()}": str(value) for name, value in values.items()}

    @property
    def cache_path(self) -> Path:
        """Downloads, engine homes, environments and encoders; safe to delete, made again when missing."""
        return self.cache or self.data / "cache"

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
        """The ranker's columns, one folder a generation."""
        return self.data / "generations"

    @property
    def run(self) -> Path:
        """Lock, state, control socket and logs of the running processes."""
        return self.data / "run"

    @property
    def engine_data(self) -> Path:
        """The engine's own data, kept over restarts."""
        return self.data / "engine"

    @property
    def events(self) -> Path:
        """The append log of events."""
        return self.data / "events"

    @property
    def snapshots(self) -> Path:
        """The log of what the ranker saw when it scored."""
        return self.data / "snapshots"
