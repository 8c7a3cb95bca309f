"""Tell whoever starts a server, or examines one, who is asked for a key."""

from __future__ import annotations

import os

from gis.registry import Registry
from gis.text import Text, t
from layers.keys import list_keys
from ogc.public_url import PUBLIC_URL, is_loopback

LOOPBACK = "127.0.0.1"


def told_of_access(registry: Registry, host: str) -> Text:
    """Return who may write and read what is not public.

    Parameters
    ----------
    registry : Registry
        Whose keys count.
    host : str
        Address a server listens on.
    """
    keys = list_keys(registry)
    if keys:
        return t("API keys: {count}; writing and reading what is not public needs one", count=len(keys))
    if is_loopback(host) and not os.environ.get(PUBLIC_URL):
        return t("No API key was made: open to whoever works at this machine, and to nobody else")
    return t("No API key was made: only what is public is served; make one with `wangge keys add`")
