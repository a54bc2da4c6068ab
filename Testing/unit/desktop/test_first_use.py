"""What is missing is installed only after asking, and a failure is explained. pip is the real one."""

from __future__ import annotations

import sys
import time
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
import qt
import slicer

from FootDeformityLib.hosts.desktop import first_use as module
from FootDeformityLib.hosts.desktop import packages
from FootDeformityLib.hosts.desktop.first_use import FirstUse
from FootDeformityLib.hosts.desktop.packages import missing_packages, needing_restart, read_requirements

ROOT = Path(__file__).resolve().parents[3]
REQUIREMENTS = ROOT / "FootDeformity" / "Resources" / "requirements.txt"


@pytest.fixture
def needed(tmp_path: Path, said: Any, monkeypatch: pytest.MonkeyPatch) -> FirstUse:
    """Wants a package that is nowhere; pip installs beside the test and reaches no network."""
    target = tmp_path / "installed"
    target.mkdir()
    monkeypatch.setenv("PIP_TARGET", str(target))
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.syspath_prepend(str(target))
    monkeypatch.setattr(module, "python_slicer", lambda: sys.executable)
    file = tmp_path / "requirements.txt"
    file.write_text("# needed\nnumpy>=1.0\nfootdeformity-made-up>=1.2\n")
    return FirstUse(file, tmp_path / "wheels")


def write_wheel(folder: Path, version: str) -> None:
    folder.mkdir(exist_ok=True)
    info = f"footdeformity_made_up-{version}.dist-info"
    with zipfile.ZipFile(folder / f"footdeformity_made_up-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr("footdeformity_made_up.py", "")
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: footdeformity-made-up\nVersion: {version}\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def test_the_list_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(read_requirements(REQUIREMENTS)) == set(project["dependencies"])


def test_versions_are_compared_as_numbers(tmp_path: Path) -> None:
    assert missing_packages(["numpy>=1.26", "numpy>=99", "footdeformity-made-up>=0.1"], tmp_path) == (
        "numpy>=99",
        "footdeformity-made-up>=0.1",
    )


def test_a_package_that_was_loaded_in_an_older_version_needs_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    import pydicom

    assert needing_restart(["pydicom>=3.0", "pillow>=10.3"]) == ()
    monkeypatch.setattr(pydicom, "__version__", "2.4.4")
    assert needing_restart(["pydicom>=3.0", "pillow>=10.3"]) == ("pydicom",)


def test_nothing_is_asked_when_nothing_is_missing(said: Any, tmp_path: Path) -> None:
    assert FirstUse(REQUIREMENTS, tmp_path).ensure()
    assert said.questions == []


def test_nothing_is_installed_after_no(needed: FirstUse, said: Any, tmp_path: Path) -> None:
    write_wheel(needed.wheels, "1.3")
    said.answers.append(False)
    assert not needed.ensure()
    assert "footdeformity-made-up>=1.2" in said.questions[0] and "numpy" not in said.questions[0]
    assert list((tmp_path / "installed").iterdir()) == []


def test_files_in_the_folder_of_wheels_are_installed_without_a_network(needed: FirstUse, said: Any) -> None:
    write_wheel(needed.wheels, "1.3")
    assert needed.ensure()
    assert needed.missing() == () and said.errors == []


def test_without_a_network_the_user_is_told_what_to_put_where(needed: FirstUse, said: Any) -> None:
    assert not needed.ensure()
    (text,) = said.errors
    assert str(needed.wheels) in text and 'pip download --only-binary=:all: -d wheels "footdeformity-made-up' in text
    assert f"Python {sys.version_info.major}.{sys.version_info.minor}" in text
    assert "No matching distribution" in text  # pip's own words


def test_too_old_a_wheel_is_no_answer(needed: FirstUse, said: Any) -> None:
    write_wheel(needed.wheels, "1.1")
    assert not needed.ensure() and len(said.errors) == 1


def test_what_slicers_process_must_not_load_is_installed_apart(
    needed: FirstUse, said: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packages, "_APART", ("footdeformity-made-up",))
    monkeypatch.delenv("PIP_TARGET")
    write_wheel(needed.wheels, "1.3")
    assert needed.ensure() and needed.missing() == ()
    assert (needed.apart / "footdeformity_made_up.py").is_file() and list((tmp_path / "installed").iterdir()) == []
    assert needed.apart.parent == needed.wheels.parent and str(needed.apart) not in sys.path


def test_gdcm_is_kept_apart_because_it_clashes_with_that_of_slicer() -> None:
    assert [one for one in read_requirements(REQUIREMENTS) if packages.is_kept_apart(one)] == ["python-gdcm>=3.0.24"]


def test_the_reading_room_does_not_wait_for_the_detectors_packages(needed: FirstUse) -> None:
    assert needed.missing(but=("footdeformity-made-up",)) == ()
    assert needed.missing(but=("footdeformity",)) == ("footdeformity-made-up>=1.2",)


def test_cancel_ends_pip(needed: FirstUse, said: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sleeper = tmp_path / "python"
    # PythonSlicer is such a launcher: pip is its child, and holds the pipe when the launcher alone is killed
    sleeper.write_text("#!/bin/sh\necho collecting\nsleep 60\necho done\n")
    sleeper.chmod(0o755)
    monkeypatch.setattr(module, "python_slicer", lambda: str(sleeper))
    made: list[Any] = []
    create = slicer.util.createProgressDialog

    def created(**wishes: Any) -> Any:
        made.append(create(**wishes))
        qt.QTimer.singleShot(100, made[0].cancel)
        return made[0]

    monkeypatch.setattr(slicer.util, "createProgressDialog", created)
    began = time.monotonic()
    assert not needed.ensure()
    assert "cancelled" in said.errors[0] and time.monotonic() - began < 30


def test_slicers_own_installer_is_preferred(needed: FirstUse, said: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import types

    asked: list[tuple[list[str], str]] = []
    packaging = types.ModuleType("slicer.packaging")
    packaging.pip_install = lambda arguments, requester: asked.append((arguments, requester))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "slicer.packaging", packaging)
    monkeypatch.setattr(slicer, "packaging", packaging, raising=False)
    assert not needed.ensure()  # it installed nothing, and that is noticed
    assert asked == [(["footdeformity-made-up>=1.2"], "FootDeformity")]


def test_a_slicer_without_the_packages_shows_how_to_get_them(
    module: Any, said: Any, needed: FirstUse, tmp_path: Path
) -> None:
    from FootDeformityLib.hosts.desktop.module_panel import ModulePanel

    root = slicer.util.loadUI(str(ROOT / "FootDeformity" / "Resources" / "UI" / "FootDeformity.ui"))
    ui = slicer.util.childWidgetVariables(root)
    panel = ModulePanel(ui, root, tmp_path / "requirements.txt")
    root.show()
    assert panel.room is None and ui.installButton.visible and not ui.caseSection.visible
    assert "footdeformity-made-up>=1.2" in ui.installLabel.text and ui.deviceLabel.visible
    panel.enter()
    panel.exit()
    installed = tmp_path / "installed" / "footdeformity_made_up-2.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: footdeformity-made-up\nVersion: 2.0\n")
    ui.installButton.click()
    assert panel.room is not None and ui.caseSection.visible and not ui.installButton.visible
    panel.close()
    root.close()
