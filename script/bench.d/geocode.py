"""Measure geocoding: `--parser` on addresses cut up by hand, `--accuracy` and speed, `--round-trip` and back.

Every measurement is a module of its own beside this one and has a function `main(options)`.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

# Benchmarks are called like rooms (grids) and libraries (coverage, which numba looks for): those come first
_FOLDER = str(Path(__file__).parent)
sys.path[:] = [folder for folder in sys.path if folder != _FOLDER]
importlib.import_module("numba")
sys.path.append(_FOLDER)

MEASUREMENTS = {
    "parser": "_geocode_parser",
    "accuracy": "_geocode_accuracy",
    "round_trip": "_geocode_round_trip",
    "memory": "_geocode_memory",
}
TOOLS = {"fit": "_geocode_fit"}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in (*MEASUREMENTS, *TOOLS):
        parser.add_argument(f"--{name.replace('_', '-')}", action="store_true")
    parser.add_argument("--part", default="dev", help="part of the corpus: dev or train")
    parser.add_argument("--wrong", type=int, default=0, help="print so many addresses read wrongly")
    parser.add_argument(
        "--names", action="store_true", help="know the townships and communities of the city an address names"
    )
    options = parser.parse_args()
    modules = MEASUREMENTS | TOOLS
    asked = [name for name in modules if getattr(options, name)] or list(MEASUREMENTS)
    return max(importlib.import_module(modules[name]).main(options) for name in asked)


if __name__ == "__main__":
    sys.exit(main())
