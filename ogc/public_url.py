"""The address people and programs reach us at, which every link is made from.

A link made from an unchecked ``Host`` header lets a stranger put an address of his own into pages
and documents, so the header counts only when it names a host we know.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.types import Scope

from gis.errors import UsageError
from gis.text import t

PUBLIC_URL = "WANGGE_PUBLIC_URL"
ALLOWED_HOSTS = "WANGGE_ALLOWED_HOSTS"

_NETLOC = re.compile(r"([\w.-]+|\[[0-9a-fA-F:.]+\])(:\d{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PublicURL:
    """Where the server is reached from outside.

    Attributes
    ----------
    url : str or None
        Address of the root of the whole site, without a trailing slash; ``None`` means: the
        request's own host, when it is known.
    hosts : frozenset of str
        Host names besides loopback and the address the connection came in on.
    """

    url: str | None = None
    hosts: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def from_environment(cls, url: str | None = None, hosts: Iterable[str] = ()) -> PublicURL:
        """Complete what was given from ``WANGGE_PUBLIC_URL`` and ``WANGGE_ALLOWED_HOSTS``.

        Parameters
        ----------
        url : str, optional
            Root of the site; comes before the environment.
        hosts : iterable of str
            Further host names; the environment's (separated by commas) are added.

        Returns
        -------
        PublicURL

        Raises
        ------
        UsageError
            If the URL is not an absolute http(s) URL.
        """
        chosen = url or os.environ.get(PUBLIC_URL) or None
        named = [host.strip().lower() for host in os.environ.get(ALLOWED_HOSTS, "").split(",")]
        known = frozenset(filter(None, (*named, *(host.lower() for host in hosts))))
        return cls(None if chosen is None else _checked(chosen), known)

    def of(self, scope: Scope, prefix: str = "") -> str:
        """Return the absolute URL of one part of the site, without a trailing slash.

        Parameters
        ----------
        scope : ASGI scope
            The request.
        prefix : str
            Path the part is mounted at below the site's root, such as ``"/ogc"``.

        Returns
        -------
        str

        Raises
        ------
        UsageError
            If no public URL is set and the request's host is not known.
        """
        if self.url is not None:
            return self.url + prefix
        netloc = _requested(scope)
        host = (urlsplit(f"//{netloc}").hostname or "").lower()
        if not (host in self.hosts or is_loopback(host) or _is_our_address(host, scope)):
            raise UsageError(
                t("Host {host} is not one this server answers for", host=host or "?"),
                field="Host",
                value=host,
                expected=t(
                    "A host named in {variable}, or {url} set", variable=ALLOWED_HOSTS, url=PUBLIC_URL
                ),
            )
        root: str = scope.get("root_path", "")
        if prefix and not root.endswith(prefix):
            root += prefix
        return f"{scope['scheme']}://{netloc}{root}".rstrip("/")


def _requested(scope: Scope) -> str:
    """Return host and port of a request; none that a URL could not hold."""
    for name, value in scope["headers"]:
        if name == b"host":
            text: str = value.decode("latin-1")
            return text if _NETLOC.fullmatch(text) else ""
    return ""


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise UsageError(
            t("{url} is not the address of a site", url=url),
            field=PUBLIC_URL,
            value=url,
            expected="https://host[/path]",
        )
    return url.rstrip("/")


@lru_cache(maxsize=1024)
def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is that of the machine itself."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_our_address(host: str, scope: Scope) -> bool:
    """Tell whether the host is the very address the connection came in on."""
    server = scope.get("server")
    return server is not None and host == str(server[0]).lower()
