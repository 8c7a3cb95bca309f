"""Tell network shares from local disks."""

from __future__ import annotations

from pathlib import Path

_NETWORK = {
    "afs", "ceph", "cifs", "fuse.glusterfs", "fuse.rclone", "fuse.sshfs", "gfs2", "glusterfs", "lustre",
    "ncpfs", "nfs", "nfs4", "ocfs2", "smb2", "smb3", "smbfs",
}  # fmt: skip
_MOUNTS = Path("/proc/self/mounts")


def network_filesystem(path: Path, mounts: str | None = None) -> str | None:
    """Return the type of the network file system that holds a path.

    Parameters
    ----------
    path : Path
        It need not exist yet.
    mounts : str, optional
        Text in the form of ``/proc/self/mounts``, which is read when it is not given.

    Returns
    -------
    str or None
        ``"nfs4"``, ``"cifs"`` …; ``None`` for a local disk, and where the system does not tell.
    """
    if mounts is None:
        mounts = _MOUNTS.read_text("utf-8", errors="surrogateescape") if _MOUNTS.exists() else ""
    place = path.resolve()
    best: tuple[int, str] = (-1, "")
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        point = Path(_unescape(fields[1]))
        # Of two mounts on one point the later hides the earlier
        if place.is_relative_to(point) and len(point.parts) >= best[0]:
            best = (len(point.parts), fields[2])
    return best[1] if best[1] in _NETWORK else None


def _unescape(text: str) -> str:
    """Undo the octal escapes of blanks in mount points."""
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text
