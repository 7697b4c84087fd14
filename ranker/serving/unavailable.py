"""What a route says when it has no answer now, in the plugin's words."""

from ranker.errors import EncoreError


class UnavailableError(EncoreError):
    """No answer now; `cause` is the word that the plugin marks a search with."""

    def __init__(self, cause: str, reason: str) -> None:
        super().__init__(reason)
        self.cause = cause
