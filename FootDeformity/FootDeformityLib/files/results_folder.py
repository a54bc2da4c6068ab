"""A folder of results that appears whole, replaces older results and leaves everything else alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from FootDeformityLib.errors import FootDeformityError


class ResultsFolder:
    """Results are first written into a hidden folder on the same disk, then moved to ``out``.

    names: every file name that a result may have; older ones in ``out`` go away with the replacement.
    """

    def __init__(self, out: str | os.PathLike[str], names: Collection[str]) -> None:
        self.out = Path(out)
        self._names = frozenset(names)

    def check(self) -> None:
        """Raise FootDeformityError if results can't be written there, before any slow work is done."""
        if self.out.exists() and not self.out.is_dir():
            raise FootDeformityError(f"{self.out}: is a file, expected a folder for the results. Choose another --out.")
        base = self._base()
        if not base.is_dir() or not os.access(base, os.W_OK | os.X_OK):
            raise FootDeformityError(f"{self.out}: results cannot be written into {base}. Choose another --out.")

    @contextmanager
    def staged(self) -> Iterator[Path]:
        """Yield an empty folder; on success its files become the results, on error nothing has changed.

        Raises FootDeformityError if the disk refuses.
        """
        self.check()
        try:
            stage = Path(tempfile.mkdtemp(prefix=".footdeformity-", dir=self._base()))
        except OSError as error:
            raise self._refused(error) from None
        try:
            yield stage
            self._publish(stage)
        except OSError as error:
            raise self._refused(error) from error
        finally:
            shutil.rmtree(stage, ignore_errors=True)

    def keep_edited(self, names: Collection[str], known: Mapping[str, Collection[str]]) -> list[str]:
        """Set aside landmark files that somebody changed since they were written; return their new names.

        names: files to look at. known: name -> SHA-256 of contents that need not be kept.
        """
        kept = []
        for name in sorted(names):
            file = self.out / name
            if file.is_file() and sha256_of(file) not in known.get(name, ()):
                stem, suffix = name.split(".", 1)
                stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
                target = self.out / f"{stem}.before-{stamp}.{suffix}"
                number = 1
                while target.exists():
                    number += 1
                    target = self.out / f"{stem}.before-{stamp}-{number}.{suffix}"
                shutil.copy2(file, target)
                kept.append(target.name)
        return kept

    def _base(self) -> Path:
        folder = self.out.absolute()
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent
        return folder

    def _publish(self, stage: Path) -> None:
        new = sorted(path.name for path in stage.iterdir())
        self.out.mkdir(parents=True, exist_ok=True)
        for name in new:
            (stage / name).replace(self.out / name)
        for name in self._names.difference(new):
            stale = self.out / name
            if stale.is_file() or stale.is_symlink():
                stale.unlink()

    def _refused(self, error: OSError) -> FootDeformityError:
        return FootDeformityError(
            f"{self.out}: results cannot be written ({error.strerror or error}). Choose another --out or free the disk."
        )


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's content in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
