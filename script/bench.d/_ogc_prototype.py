"""The least that answers: asyncpg, JSON made in SQL, nothing else. What completeness costs is measured by it.

Runs in the environment of the peers: ``uvicorn _ogc_prototype:app`` with ``DATABASE_URL`` set.
"""

from __future__ import annotations

import os
from urllib.parse import parse_qs

import asyncpg

_PROPERTIES = (
    *("id", "class_code", "standard", "name", "county", "authority_code", "authority_name"),
    *("owner_code", "owner_name", "maintainer_code", "maintainer_name", "unit_grid", "street"),
    *("community", "state", "initial_date", "change_date", "source", "position_text"),
)
_FEATURE = f"""json_build_object('type', 'Feature', 'id', c.id,
    'geometry', ST_AsGeoJSON(c.geom, 9)::json,
    'properties', (SELECT row_to_json(p) FROM (SELECT {", ".join(f"c.{n}" for n in _PROPERTIES)}) p))::text"""
_PAGE = f"""
SELECT '{{"type":"FeatureCollection","features":[' || coalesce(string_agg(made.feature, ','), '') || ']}}'
FROM (SELECT {_FEATURE} AS feature FROM components c JOIN (
    SELECT fid FROM components WHERE ST_Intersects(geom, ST_MakeEnvelope($1, $2, $3, $4, 4490))
    ORDER BY fid LIMIT $5
) page USING (fid) ORDER BY c.fid) made"""
_ITEM = f"SELECT {_FEATURE} FROM components c WHERE id = $1"

_HEADERS = [(b"content-type", b"application/geo+json")]
_pool: asyncpg.Pool | None = None


async def app(scope, receive, send) -> None:
    """Answer ``/items`` and ``/items/{id}``."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    assert _pool is not None
    name = scope["path"].rpartition("/")[2]
    if name == "items":
        given = parse_qs(scope["query_string"].decode())
        sides = map(float, given["bbox"][0].split(","))
        text = await _pool.fetchval(_PAGE, *sides, int(given["limit"][0]))
    else:
        text = await _pool.fetchval(_ITEM, name)
    body = (text or "").encode()
    headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _live(receive, send) -> None:
    global _pool
    await receive()
    settings = {"plan_cache_mode": "force_custom_plan", "random_page_cost": "0.02", "seq_page_cost": "0.02"}
    settings |= {"jit": "off"}
    url = os.environ["DATABASE_URL"]
    _pool = await asyncpg.create_pool(url, min_size=1, max_size=8, server_settings=settings)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _pool.close()
    await send({"type": "lifespan.shutdown.complete"})
