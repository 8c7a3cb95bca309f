"""Let each process of a server listen for itself.

Where all accept from one socket, the first that wakes up takes every connection that waits: of sixteen that a
client opens at once the others get none. With sockets of their own the kernel spreads connections over them.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable
from typing import Any


def can_spread() -> bool:
    """Tell whether the kernel spreads connections over sockets of one address: Linux does."""
    return sys.platform == "linux"


class Listener:
    """An address to listen on; in the process it is sent to it becomes a socket of that process's own.

    Parameters
    ----------
    host : str
        Name or address.
    port : int
        Port; 0 for any that is free.

    Raises
    ------
    OSError
        The address is taken, or none of this machine's.
    """

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        # Bound and never listened on: it says which port was free
        self._held = own_socket(host, port)

    @property
    def port(self) -> int:
        """The port, also where any was asked for."""
        port: int = self._held.getsockname()[1]
        return port

    def __reduce__(self) -> tuple[Callable[[str, int], socket.socket], tuple[Any, ...]]:
        return own_socket, (self._host, self.port)

    def close(self) -> None:
        """Let the port go."""
        self._held.close()


def own_socket(host: str, port: int) -> socket.socket:
    """Return a socket that is bound beside others of this user to an address."""
    bound = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound
