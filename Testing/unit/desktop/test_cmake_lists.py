"""CMake lists every file there is, and the catalogue entry says the same as CMake."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
MODULE = ROOT / "FootDeformity"
TOP = (ROOT / "CMakeLists.txt").read_text(encoding="utf-8")


def listed(name: str) -> list[str]:
    text = (MODULE / "CMakeLists.txt").read_text(encoding="utf-8")
    match = re.search(rf"set\({name}\n(.*?)\n\s*\)", text, re.DOTALL)
    assert match is not None
    return match[1].split()


def files_below(folder: Path, *parts: str) -> set[str]:
    found = (path for part in parts for path in (folder / part).rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix() for path in found if "__pycache__" not in path.parts}


def test_every_file_of_the_module_is_installed() -> None:
    lines = [*listed("MODULE_PYTHON_SCRIPTS"), *listed("MODULE_PYTHON_RESOURCES")]
    assert len(lines) == len(set(lines))
    there = files_below(MODULE, "FootDeformityLib", "Resources") | {"FootDeformity.py"}
    assert sorted(there - set(lines)) == [], "add these lines to FootDeformity/CMakeLists.txt"
    assert sorted(set(lines) - there) == [], "remove these lines from FootDeformity/CMakeLists.txt"
    assert all(line.endswith(".py") for line in listed("MODULE_PYTHON_SCRIPTS"))


def test_models_schemes_criteria_and_samples_are_installed() -> None:
    there = files_below(ROOT / "Resources", "Models", "Schemes", "Criteria", "Samples")
    assert set(listed("SHARED_RESOURCES")) == there


def test_the_catalogue_entry_agrees_with_cmake() -> None:
    entry = json.loads((ROOT / "FootDeformity.json").read_text(encoding="utf-8"))
    allowed = {"$schema", "category", "scm_url", "scm_revision", "scm_type", "build_dependencies"}
    assert {"$schema", "category", "scm_url"} <= set(entry) <= allowed | {"build_subdirectory", "enabled", "tier"}
    assert f'EXTENSION_CATEGORY "{entry["category"]}"' in TOP
    assert f'EXTENSION_HOMEPAGE "{entry["scm_url"]}"' in TOP
    assert f'EXTENSION_DEPENDS "{" ".join(entry["build_dependencies"])}"' in TOP


def test_the_extension_states_what_slicer_asks_for() -> None:
    words = ("HOMEPAGE", "CATEGORY", "CONTRIBUTORS", "DESCRIPTION", "ICONURL", "SCREENSHOTURLS", "DEPENDS")
    assert all(re.search(rf'set\(EXTENSION_{word} "[^"]+"\)', TOP) for word in words)
    assert "WITH_GENERIC_TESTS" in (MODULE / "CMakeLists.txt").read_text(encoding="utf-8")
