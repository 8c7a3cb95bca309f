"""What files are called in a report: as short as they can be told apart."""

from __future__ import annotations

from collections.abc import Sequence

from gis.delivered import DeliveredFile


class FileNames:
    """The files of a delivery, whose folder is told once.

    Parameters
    ----------
    files : sequence of DeliveredFile

    Attributes
    ----------
    folder : str
        Archive and folder that all files are in, with its last slash; empty where there is none.
    several : bool
        Whether there is more than one.
    """

    def __init__(self, files: Sequence[DeliveredFile]) -> None:
        paths = [file.path.replace("\\", "/") for file in files]
        self.folder = _common_folder(paths)
        self.several = len(files) > 1

    def short(self, path: str) -> str:
        """Return the path of a file without the folder of all."""
        plain = path.replace("\\", "/")
        return plain[len(self.folder) :] if self.folder and plain.startswith(self.folder) else path


def _common_folder(paths: Sequence[str]) -> str:
    """Return the folder that holds all paths, with its last slash."""
    folders = [path.split("/")[:-1] for path in paths]
    common = min(folders, key=len, default=[])
    for folder in folders:
        depth = next((n for n, (a, b) in enumerate(zip(common, folder, strict=False)) if a != b), len(common))
        common = common[:depth]
    return "".join(f"{part}/" for part in common)
