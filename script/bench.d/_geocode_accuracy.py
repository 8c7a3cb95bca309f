"""How often geocoding finds the place, how sure it is, how fast: against trigram search in PostgreSQL.

Queries are made by the noise model from addresses of the districts that the score was not fitted to, with
seeds of their own. Right is a point within 50 m of that of the address.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from _addresses import TRAINING, characters, elsewhere, metres
from _geocode_peer import Trigrams, trigrams
from _geocode_registry import hong_kong
from _noise import NoiseModel

from geocoding.geocode import geocode, geocode_many
from geocoding.geocode_series import geocode_series
from geocoding.place_index import PlaceIndex, place_index

_SEED, _EACH, _PEER_EACH, _RIGHT = 41_000, 3000, 300, 50.0
_PIECE = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """Distances of up to five answers to each query in metres, and the score of the first; -1 without one."""

    far: np.ndarray
    scores: np.ndarray

    @property
    def first(self) -> np.ndarray:
        return np.asarray(self.far[:, 0] <= _RIGHT)

    def line(self) -> str:
        among = (self.far.min(axis=1) <= _RIGHT).mean()
        return f"top-1 {self.first.mean():6.1%}  top-5 {among:6.1%}"


def main(_: argparse.Namespace) -> int:
    with hong_kong() as (registry, addresses), trigrams(addresses) as peer:
        index = place_index(registry)
        answered = [_ours_and_peer(noises, index, addresses, peer) for noises in range(3)]
        for count in (1, 2):
            _print_homophones(count, index, addresses)
        _print_nonsense(index, addresses)
        _print_calibration(answered)
        _print_speed(index, addresses, peer)
    return 0


def _ours_and_peer(noises: int, index: PlaceIndex, addresses: pd.DataFrame, peer: Trigrams) -> Answered:
    texts, rows, kinds = _queries(addresses, noises)
    ours = _ours(index, addresses, texts, rows)
    few = slice(0, _PEER_EACH)
    theirs = _peers(peer, addresses, texts[few], rows[few])
    print(
        f"{noises} noises: ours ({_EACH}) {ours.line()}  trigrams + rapidfuzz ({_PEER_EACH}) {theirs.line()}"
    )
    if noises == 1:
        by_kind = pd.DataFrame({"kind": [one[0] for one in kinds], "right": ours.first}).groupby("kind")[
            "right"
        ]
        for kind, group in by_kind:
            print(f"    {kind}: {group.mean():.1%} of {len(group)}")
    return ours


def _queries(addresses: pd.DataFrame, noises: int) -> tuple[list[str], np.ndarray, list[list[str]]]:
    rows = _others(addresses, _SEED + noises)
    model = NoiseModel(_SEED + noises, characters(addresses))
    made = [model.query(addresses["row"].iloc[row], noises) for row in rows]
    return [text for text, _ in made], rows, [kinds for _, kinds in made]


def _print_homophones(count: int, index: PlaceIndex, addresses: pd.DataFrame) -> None:
    """Measure characters replaced by others that are read alike, which the mix of noises does not have."""
    rows, model = (
        _others(addresses, _SEED + 20 + count),
        NoiseModel(_SEED + 20 + count, characters(addresses)),
    )
    made = [(model.homophones(addresses["row"].iloc[row], count), row) for row in rows]
    texts, asked = zip(*[(text, row) for text, row in made if text], strict=True)
    print(
        f"{count} homophones ({len(texts)}): {_ours(index, addresses, list(texts), np.array(asked)).line()}"
    )


def _others(addresses: pd.DataFrame, seed: int) -> np.ndarray:
    """Draw addresses of the districts that the score was not fitted to."""
    others = np.flatnonzero(~addresses["district"].isin(TRAINING))
    return np.random.default_rng(seed).choice(others, _EACH, replace=False)


def _ours(index: PlaceIndex, addresses: pd.DataFrame, texts: list[str], rows: np.ndarray) -> Answered:
    answers = [
        one for at in range(0, len(texts), _PIECE) for one in geocode_many(index, texts[at : at + _PIECE])
    ]
    points = [[(one.lon, one.lat) for one in several] for several in answers]
    return Answered(
        _far(addresses, rows, points), np.array([one[0].score if one else -1.0 for one in answers])
    )


def _peers(peer: Trigrams, addresses: pd.DataFrame, texts: list[str], rows: np.ndarray) -> Answered:
    points = [
        [(addresses["lon"].iloc[row], addresses["lat"].iloc[row]) for row in peer.search(text)]
        for text in texts
    ]
    return Answered(_far(addresses, rows, points), np.zeros(len(texts)))


def _far(addresses: pd.DataFrame, rows: np.ndarray, points: list[list[tuple[float, float]]]) -> np.ndarray:
    lon, lat = np.full((2, len(points), 5), np.nan)
    for at, several in enumerate(points):
        for place, one in enumerate(several[:5]):
            lon[at, place], lat[at, place] = one
    far = np.stack([metres(addresses, rows, lon[:, place], lat[:, place]) for place in range(5)], axis=1)
    return np.where(np.isnan(far), np.inf, far)


def _print_nonsense(index: PlaceIndex, addresses: pd.DataFrame) -> None:
    frequent = characters(addresses)
    model, each = NoiseModel(_SEED + 50, frequent), sorted(set(frequent))
    rejected = {
        "characters, each as likely": [model.nonsense(4 + at % 14, each) for at in range(_EACH)],
        "characters, frequent ones more often": [model.nonsense(4 + at % 14) for at in range(_EACH)],
        "addresses of other cities": elsewhere("dev"),
    }
    for name, texts in rejected.items():
        answers = geocode_many(index, texts)
        sure = sum(bool(one) and one[0].score >= 0.5 for one in answers)
        print(
            f"{name} ({len(texts)}): rejected {np.mean([not one for one in answers]):.2%},"
            f" answered with a score of 0.5 or more {sure / len(texts):.2%}"
        )


def _print_calibration(answered: list[Answered]) -> None:
    scores, right = (np.concatenate([getattr(one, name) for one in answered]) for name in ("scores", "first"))
    given = scores >= 0
    bins = np.minimum((scores[given] * 10).astype(int), 9)
    error = 0.0
    print("score: answers, right")
    for number in np.unique(bins):
        inside = bins == number
        said, was = scores[given][inside].mean(), right[given][inside].mean()
        error += inside.mean() * abs(said - was)
        print(
            f"    {number / 10:.1f}–{(number + 1) / 10:.1f}: {inside.sum()}, said {said:.1%}, was {was:.1%}"
        )
    print(f"calibration error {100 * error:.1f} points over {given.sum()} answers")


def _print_speed(index: PlaceIndex, addresses: pd.DataFrame, peer: Trigrams) -> None:
    texts = _queries(addresses, 1)[0][:200]
    geocode(index, texts[0])
    ours, theirs = _median(lambda text: geocode(index, text), texts), _median(peer.similar, texts)
    print(
        f"one query, median: wangge {1e3 * ours:.2f} ms, pg_trgm {1e3 * theirs:.2f} ms,"
        f" {theirs / ours:.1f} times"
    )
    many = pd.Series(_queries(addresses, 1)[0] + _queries(addresses, 2)[0])
    begin = time.perf_counter()
    geocode_series(index, many)
    print(
        f"many: {len(many) / (time.perf_counter() - begin):.0f} a second;"
        f" index {index.nbytes / len(index):.0f} bytes an address"
    )


def _median(ask: Callable[[str], object], texts: list[str]) -> float:
    times = []
    for text in texts:
        begin = time.perf_counter()
        ask(text)
        times.append(time.perf_counter() - begin)
    return float(np.median(times))
