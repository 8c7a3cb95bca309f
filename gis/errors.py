"""What can go wrong, as classes.

::

    WanggeError
    ├── UsageError            the caller asked wrongly: an option, a parameter, a file name
    │   └── TooLarge              more was sent than is taken at once
    ├── DataRefused           data was understood and is not acceptable; nothing was committed
    │   └── FileProblem       a file cannot be read as what it claims to be
    ├── RegistryUnavailable   no registry there, not a registry, database down, busy
    ├── NotFound              a well-formed question without an answer
    └── AccessRefused         who asks may not have or do this
        ├── KeyNeeded             no API key was given, or one that is not valid
        └── NotAllowed            the key is valid and does not cover this

The command line maps classes to exit codes, the web to HTTP statuses, each in one table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gis.findings import Report
    from gis.text import Text


class WanggeError(Exception):
    """Base of every error a user may see.

    Parameters
    ----------
    message : Text or str
        Names the thing, the value and what was expected.
    field : str, optional
        The parameter, option or column at fault.
    value : object, optional
        The value that was given.
    expected : Text or str, optional
        What would have been accepted.
    hint : Text or str, optional
        What to do about it.
    """

    def __init__(
        self,
        message: Text | str,
        *,
        field: str | None = None,
        value: Any = None,
        expected: Text | str | None = None,
        hint: Text | str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.value = value
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        return str(self.message)


class UsageError(WanggeError):
    """The caller asked wrongly."""


class TooLarge(UsageError):
    """More was sent than is taken at once."""


class DataRefused(WanggeError):
    """Data was understood and is not acceptable; nothing was committed."""

    def __init__(self, message: Text | str, *, report: Report | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.report = report


class FileProblem(DataRefused):
    """A file cannot be read as what it claims to be.

    ``code`` is the stable ``F..`` code of the finding that says so.
    """

    def __init__(self, message: Text | str, *, code: str, **details: Any) -> None:
        super().__init__(message, **details)
        self.code = code


class RegistryUnavailable(WanggeError):
    """There is no registry, or its database cannot be used now."""


class NotFound(WanggeError):
    """A well-formed question has no answer."""


class AccessRefused(WanggeError):
    """Who asks may not have or do this."""


class KeyNeeded(AccessRefused):
    """No API key was given, or one that is not valid."""


class NotAllowed(AccessRefused):
    """The API key is valid and does not cover this."""
