"""Errors in the caller's language: what was wrong, the value in [brackets], what to do."""


class EncoreError(Exception):
    """Something the caller can mend; the message is one sentence that a person can act on.

    The command line prints the message alone and exits with `exit_code`; a traceback never reaches a
    person for one of these.
    """

    exit_code = 1


class InvalidInputError(EncoreError):
    """The input of a command or a request is wrong: a bad option, a bad row, an unknown name."""

    exit_code = 2


class MissingPartError(EncoreError):
    """A part of the machine is missing: no JDK, no Maven, a port that is taken, a full disk."""

    exit_code = 3
