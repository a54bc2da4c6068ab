"""Files appear whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

#: no write takes as long: an older temporary file is what a killed process left
_LEFT_BEHIND_S = 60.0


@contextmanager
def replacing(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a temporary path beside ``path``; on success it replaces ``path``, on error it is removed.

    The temporary name keeps the suffix, because writers such as Pillow choose the format by it.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.stem}-", suffix="".join(target.suffixes))
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # mkstemp is private to the user; a plain open() is not
        with temporary.open("rb") as written:
            os.fsync(written.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], text: str) -> None:
    """Write UTF-8 text atomically."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def remove_leftovers(targets: Collection[Path]) -> None:
    """Remove temporary files of ``targets`` that a killed process left beside them; what cannot be removed stays."""
    folders: dict[Path, set[str]] = {}
    for target in targets:
        folders.setdefault(target.parent, set()).add(f".{target.stem}-{''.join(target.suffixes)}")
    for folder, names in folders.items():
        for file in folder.glob(".*-*"):
            if re.sub(r"-[a-z0-9_]{8}(?=\.|$)", "-", file.name) in names:
                try:
                    if time.time() - file.stat().st_mtime > _LEFT_BEHIND_S:
                        file.unlink()
                except OSError:
                    continue
