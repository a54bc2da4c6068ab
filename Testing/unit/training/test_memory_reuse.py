"""Large tensors of one step are made of the memory of the step before."""

from __future__ import annotations

import subprocess
import sys

import pytest

_CHILD = """
import resource, torch
from FootDeformityTrainingLib.memory_reuse import keep_freed_memory
assert keep_freed_memory()
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10): torch.ones(5_000_000)
before = faults()
for _ in range(5): torch.ones(5_000_000)
print(faults() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc only")
def test_freed_memory_is_used_again() -> None:
    child = subprocess.run(
        [sys.executable, "-c", _CHILD],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(child.stdout) < 1000  # 20 MB are 5000 pages, each time
