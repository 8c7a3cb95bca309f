"""Fit the weights of the score: logistic regression on noisy queries from the districts for training.

First whether a text means anything registered, then, of texts that do, which of the answers it means.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from _addresses import TRAINING, characters, elsewhere, metres
from _geocode_registry import hong_kong
from _noise import NoiseModel

from geocoding.matching.scores import LEAST, NEAR, evidence, is_whole
from geocoding.matching.tokens import tokens
from geocoding.place_index import PlaceIndex, place_index

_SEED, _EACH, _ANSWERS = 100, 3000, 5
_SHRINK = 1.0


@dataclass(frozen=True, slots=True)
class Questions:
    """Texts, and the addresses they mean, or those whose streets they mean; neither for nonsense."""

    texts: list[str]
    rows: np.ndarray | None
    streets: np.ndarray | None


def main(_: argparse.Namespace) -> int:
    with hong_kong() as (registry, addresses):
        index = place_index(registry)
        gathered = [_evidence(index, addresses, asked) for asked in _questions(addresses)]
    known, right, same, whole, present = (np.concatenate(parts) for parts in zip(*gathered, strict=True))
    meant = np.zeros(len(known))
    for name, chosen in (("_MEANT_WHOLE", whole[:, 0]), ("_MEANT", ~whole[:, 0])):
        chosen = chosen & present[:, 0]
        weights = _fit(known[chosen, 0], right[chosen].any(axis=1))
        meant[chosen] = 1 / (1 + np.exp(-known[chosen, 0] @ weights))
        _print(name, weights)
    answered = present & (meant >= LEAST)[:, None]
    for name, chosen in (("_WEIGHTS_WHOLE", whole & answered), ("_WEIGHTS", ~whole & answered)):
        _print(name, _fit(known[chosen], same[chosen]))
    return 0


def _print(name: str, weights: np.ndarray) -> None:
    print(name, np.array2string(weights, precision=4, separator=", "))


def _questions(addresses: pd.DataFrame) -> Iterator[Questions]:
    """Yield texts with what they mean: an address, a street, or nothing."""
    rows = np.flatnonzero(addresses["district"].isin(TRAINING))
    characters_, foreign = characters(addresses), elsewhere("train")
    for noises in range(4):
        model = NoiseModel(_SEED + noises, characters_)
        chosen = np.random.default_rng(_SEED + noises).choice(rows, _EACH, replace=False)
        parts = [addresses["row"].iloc[row] for row in chosen]
        yield Questions([model.query(row, noises)[0] for row in parts], chosen, None)
        buildings = [(at, row.building) for at, row in zip(chosen, parts, strict=True) if row.building]
        yield Questions(
            [model.query(row, noises)[0] for _, row in buildings], np.array([at for at, _ in buildings]), None
        )
        streets = [(at, row.street) for at, row in zip(chosen, parts, strict=True) if row.has_plate]
        named = np.array([at for at, _ in streets])
        yield Questions([model.query(row, min(noises, 1))[0] for _, row in streets], None, named)
        yield Questions(
            [model.query(addresses["row"].iloc[at].short, min(noises, 1))[0] for at in named], named, None
        )
        absent = [f"{row.text}{600 + at % 3000}號" for at, row in streets]
        yield Questions(absent, None, named)
        nonsense = [model.nonsense(3 + at % 14) for at in range(_EACH)]
        yield Questions(nonsense, None, None)
        yield Questions(foreign[noises * _EACH // 2 : (noises + 1) * _EACH // 2], None, None)


def _evidence(index: PlaceIndex, addresses: pd.DataFrame, asked: Questions) -> tuple[np.ndarray, ...]:
    """Return the evidence for the best answers to texts, which are near, meant, whole, there at all."""
    found = index.index.match([tokens(text) for text in asked.texts])
    spots, owners = index.spots(found.texts), index.owners[np.maximum(found.texts, 0)]
    right = np.zeros(owners.shape, bool)
    if asked.rows is not None:
        axes = zip(index.lon[owners].T, index.lat[owners].T, strict=True)
        right = np.stack([metres(addresses, asked.rows, *one) <= NEAR for one in axes], 1)
        right &= owners < index.things
    if asked.streets is not None:
        right = owners == index.street_of(asked.streets)[:, None]
    right &= spots.present
    # A plate of another number may stand near enough, but is not the one meant
    same = right & (found.features[:, :, 4] == 0)
    everything = (evidence(found.features, spots), right, same, is_whole(found.features), spots.present)
    return tuple(one[:, :_ANSWERS] for one in everything)


def _fit(inputs: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the weights of largest likelihood, by Newton's method, shrunk a little."""
    weights = np.zeros(inputs.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-inputs @ weights))
        gradient = inputs.T @ (right - likely) - _SHRINK * weights
        curve = (inputs * (likely * (1 - likely))[:, None]).T @ inputs + _SHRINK * np.eye(len(weights))
        step = np.linalg.solve(curve, gradient)
        weights += step
        if np.abs(step).max() < 1e-6:
            break
    return weights
