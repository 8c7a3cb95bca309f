"""Say what points near plates of Hong Kong are called, and look for these texts: how many lead back."""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from _geocode_registry import hong_kong

from geocoding.geocode_series import geocode_series
from geocoding.place_index import place_index
from geocoding.reverse import reverse, reverse_frame
from geocoding.reverse_index import ReverseIndex
from gis.degrees import metres_per_degree

POINTS, SINGLE, AROUND, NEAR = 20_000, 2_000, 12.0, 30.0


def main(options: argparse.Namespace) -> int:
    """Print shares and times; fail where fewer than 97 % lead back."""
    del options
    with hong_kong() as (registry, addresses):
        before, begun = _peak(), time.perf_counter()
        index = ReverseIndex(registry)
        took = time.perf_counter() - begun
        memory = (_peak() - before) / len(addresses)
        print(f"{len(addresses)} plates read in {took:.1f} s, {memory:.0f} bytes of each at the peak")
        lon, lat = _points(index)
        frame, rate = _timed(index, lon, lat)
        print(f"{rate:.0f} points/s in bulk, one {_single(index, lon, lat):.2f} ms at the median")
        found = geocode_series(place_index(registry), frame["address"])
        per_lon, per_lat = metres_per_degree(lat)
        x, y = (found[name].astype(float).to_numpy() for name in ("lon", "lat"))
        metres = np.hypot((x - lon) * per_lon, (y - lat) * per_lat)
        share = float(np.mean(metres <= NEAR))
        print(f"{len(lon)} points within {AROUND:g} m of plates: {share:.2%} lead back within {NEAR:g} m")
        for pattern, group in frame.assign(metres=metres).groupby("pattern"):
            print(f"  {pattern:12} {len(group):6} points, {np.mean(group['metres'] <= NEAR):.2%}")
    return 0 if share >= 0.97 else 1


def _points(index: ReverseIndex) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    chosen = random.integers(0, len(index.plates), POINTS)
    lon, lat = index.plates.lon[chosen], index.plates.lat[chosen]
    per_lon, per_lat = metres_per_degree(lat)
    angle, away = random.uniform(0, 2 * np.pi, POINTS), AROUND * np.sqrt(random.random(POINTS))
    return lon + away * np.cos(angle) / per_lon, lat + away * np.sin(angle) / per_lat


def _timed(index: ReverseIndex, lon: np.ndarray, lat: np.ndarray) -> tuple:
    reverse_frame(index, lon[:100], lat[:100])
    begun = time.perf_counter()
    frame = reverse_frame(index, lon, lat)
    return frame, POINTS / (time.perf_counter() - begun)


def _single(index: ReverseIndex, lon: np.ndarray, lat: np.ndarray) -> float:
    times = []
    for x, y in zip(lon[:SINGLE].tolist(), lat[:SINGLE].tolist(), strict=True):
        begun = time.perf_counter()
        reverse(index, x, y)
        times.append(time.perf_counter() - begun)
    return float(np.median(times)) * 1000


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
