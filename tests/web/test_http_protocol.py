from __future__ import annotations

import socket
import threading
import time

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from web.http_protocol import HttpProtocol


async def created(_request: Request) -> Response:
    return Response("\r\nlocation: body", 201, {"Location": "http://localhost/items/1"})


async def moved(_request: Request) -> Response:
    return Response(status_code=303, headers={"Location": "/created"})


def answered(port: int, path: str) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_location_of_what_was_created_has_a_capital_letter() -> None:
    app = Starlette(routes=[Route("/created", created), Route("/moved", moved)])
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", http=HttpProtocol, ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.02)
        head, _, body = answered(port, "/created").partition(b"\r\n\r\n")
        assert b"\r\nLocation: http://localhost/items/1" in head
        assert body == b"\r\nlocation: body"
        assert b"\r\nlocation: /created" in answered(port, "/moved")
        server.should_exit = True
        thread.join(10)
