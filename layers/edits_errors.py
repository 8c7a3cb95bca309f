"""What can be wrong with an edit besides the data: the feature is another one by now, or already there."""

from __future__ import annotations

from gis.errors import DataRefused, UsageError, WanggeError


class EditConflict(DataRefused):
    """The registry already has something that the edit collides with."""


class StaleFeature(WanggeError):
    """The feature is not the one somebody looked at before he edited it."""


class VersionNeeded(UsageError):
    """An edit has to say which version of the feature it is about."""


class UnknownMediaType(UsageError):
    """A body is of a media type that is not read here."""
