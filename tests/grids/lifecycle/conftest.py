from __future__ import annotations

from collections.abc import Iterator

import pytest

from gis.text import language


@pytest.fixture
def in_english() -> Iterator[None]:
    with language("en"):
        yield
