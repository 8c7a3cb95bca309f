"""Telling network shares from local disks."""

from __future__ import annotations

from pathlib import Path

import pytest

from gis.mounts import network_filesystem

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
nas:/export /srv/share nfs4 rw 0 0
//pc/city /srv/city\\040data cifs rw 0 0
/dev/sdb1 /srv/share/local xfs rw 0 0
nas:/late /mnt/twice nfs rw 0 0
/dev/sdc1 /mnt/twice ext4 rw 0 0
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/a/city.gpkg", None),
        ("/srv/share/city.gpkg", "nfs4"),
        ("/srv/shared/city.gpkg", None),
        ("/srv/city data/city.gpkg", "cifs"),
        ("/srv/share/local/city.gpkg", None),
        ("/mnt/twice/city.gpkg", None),
    ],
)
def test_the_innermost_mount_decides(path: str, kind: str | None) -> None:
    assert network_filesystem(Path(path), MOUNTS) == kind


def test_the_disk_of_the_tests_is_local(tmp_path: Path) -> None:
    assert network_filesystem(tmp_path) is None
