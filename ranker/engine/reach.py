"""Where commands find an engine and its ranker: those that run here, or those that the settings name."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import httpx

from ranker.engine import trust
from ranker.engine.index.ranker_door import OfflineRanker, RankerDoor, RunningRanker
from ranker.engine.rest import EngineRest
from ranker.engine.supervisor import state
from ranker.errors import EncoreError, InvalidInputError
from ranker.serving.doors import read_secret
from ranker.settings import Settings

_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class Reach:
    """The doors of one stack.

    Attributes:
        settings: The installation, whose folders the stack shares; its engine is the one that runs here.
        engine_url: The engine.
        ranker_url: The ranker; None while none runs.
        engine_certificates: PEM file that the engine is known by; None: the system's authorities.
        ranker_certificates: The same of the ranker.
        elsewhere: It runs elsewhere, in containers for instance; we don't keep it running.
    """

    settings: Settings
    engine_url: str
    ranker_url: str | None
    engine_certificates: Path | None
    ranker_certificates: Path | None
    elsewhere: bool

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """The stack of `engine_url`, else the one that runs in this data folder.

        Raises:
            EncoreError: Nothing runs here.
        """
        if settings.engine_url is not None:
            known_by = settings.engine_certificate_authority
            return cls(settings, settings.engine_url, settings.ranker_url, known_by, known_by, True)
        running = state.read(settings)
        ranker = running.get("ranker") or {}
        url = ranker.get("url") if ranker.get("pid") else None
        here = state.settled(settings, running)
        return cls(here, running["engine"]["url"], url, None, settings.ranker_tls_certificate, False)

    def engine(self) -> EngineRest:
        """The engine, as the user of the settings.

        Raises:
            InvalidInputError: A file of a password or of certificates is none.
        """
        if not self.elsewhere:
            return EngineRest(self.engine_url)
        user = None
        if self.settings.engine_user is not None and self.settings.engine_password_file is not None:
            password = read_secret(self.settings.engine_password_file, "password")
            user = (self.settings.engine_user, password)
        return EngineRest(
            self.engine_url,
            user=user,
            tls=trust.context(self.engine_certificates),
            todo="look at it, or correct ENCORE_ENGINE_URL and ENCORE_ENGINE_CERTIFICATE_AUTHORITY",
        )

    def check(self, engine: EngineRest) -> None:
        """Refuse an engine elsewhere that is not the one of the settings, which name folders by it.

        Raises:
            InvalidInputError: It is the other one.
            EncoreError: It is neither.
        """
        if not self.elsewhere:
            return
        found = engine.product().engine
        if found != self.settings.engine:
            raise InvalidInputError(
                f"[{self.engine_url}] answers as [{found}], and ENCORE_ENGINE is [{self.settings.engine}]: "
                f"set it to [{found}], for the ranker beside that engine too"
            )

    def door(self) -> RankerDoor:
        """The ranker's generations: the running ranker's, else the folders that it reads at its start.

        Raises:
            InvalidInputError: A file of a token or of certificates is none.
        """
        if self.ranker_url is None:
            return OfflineRanker(self.settings.generations)
        tls = trust.context(self.ranker_certificates)
        return RunningRanker(self.ranker_url, self.settings.generations, self._token(), tls)

    def ranker(self) -> httpx.Client:
        """The ranker's HTTP, with its token.

        Raises:
            EncoreError: None runs, or no address of one is set.
            InvalidInputError: A file of a token or of certificates is none.
        """
        if self.ranker_url is None:
            todo = "set ENCORE_RANKER_URL" if self.elsewhere else "see `encore status`"
            raise EncoreError(f"no ranker beside the engine [{self.engine_url}]: {todo}")
        token = self._token()
        return httpx.Client(
            base_url=self.ranker_url,
            timeout=_TIMEOUT_SECONDS,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            trust_env=False,
            verify=trust.context(self.ranker_certificates),
        )

    def _token(self) -> str | None:
        file = self.settings.ranker_token_file
        return None if file is None else read_secret(file, "token")
