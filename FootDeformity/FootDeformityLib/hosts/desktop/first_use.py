"""Installing what is missing into Slicer's Python: only after asking, with progress, and with help where it fails."""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from subprocess import DEVNULL, PIPE, STDOUT, CalledProcessError, Popen
from typing import Any

import qt
import slicer
from slicer.i18n import tr as _

from FootDeformityLib.hosts.desktop.packages import (
    is_kept_apart,
    missing_packages,
    needing_restart,
    read_requirements,
)
from FootDeformityLib.hosts.desktop.python_slicer import python_slicer

_TITLE = "Foot Deformity"
_KEPT_LINES = 12


class FirstUse:
    """requirements: file with what is needed. wheels: folder in which packages are looked for before the network.

    apart: folder beside it for packages that only child processes may load.
    """

    def __init__(self, requirements: Path, wheels: Path) -> None:
        self.needed = read_requirements(requirements)
        self.wheels, self.apart = wheels, wheels.parent / "FootDeformity-packages"

    def missing(self, but: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return the requirements that are not met, but for those of the packages ``but``."""
        needed = [one for one in self.needed if not one.startswith(tuple(f"{name}>" for name in but))]
        return missing_packages(needed, self.apart)

    def ensure(self) -> bool:
        """Return whether everything is there now; asks, installs and explains where something is not."""
        missing = self.missing()
        if not missing:
            return not self._restart_needed()
        if not slicer.util.confirmOkCancelDisplay(self.question(missing), windowTitle=_TITLE):
            return False
        problem = self._install(missing)
        missing = self.missing()
        if missing:
            slicer.util.errorDisplay(self.help(missing, problem), windowTitle=_TITLE)
            return False
        return not self._restart_needed()

    def question(self, missing: Sequence[str]) -> str:
        """Return what the user is asked before anything is installed."""
        size = _(" About 1 to 3 GB are downloaded, most of it PyTorch.") if _has_torch(missing) else ""
        text: str = _(
            "FootDeformity needs these Python packages, which this Slicer does not have:\n\n{packages}\n\n"
            "Install them into Slicer's own Python now?{size}"
        )
        return text.format(packages="\n".join(missing), size=size)

    def help(self, missing: Sequence[str], problem: str) -> str:
        """Return what to do when the installation failed, without a network above all."""
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        packages = " ".join(f'"{requirement}"' for requirement in missing)
        text: str = _(
            "Not installed: {missing}.\n{problem}\n\nWithout a network on this computer: on another one with the same "
            "operating system, processor and Python {python}, run\n\n"
            "python -m pip download --only-binary=:all: -d wheels {packages}\n\n"
            "then copy the .whl files of its folder wheels to\n\n{folder}\n\nand try again here: files there are used "
            "instead of the network."
        )
        return text.format(
            missing=", ".join(missing), problem=problem, python=python, packages=packages, folder=self.wheels
        )

    def arguments(self, requirements: Sequence[str]) -> list[str]:
        """Return the arguments of pip install: the folder of wheels alone, if there are any, or the network."""
        offline = self.wheels.is_dir() and any(self.wheels.glob("*.whl"))
        return [*(["--no-index", "--find-links", str(self.wheels)] if offline else []), *requirements]

    def _install(self, missing: Sequence[str]) -> str:
        """Install; return why it failed, or an empty text."""
        torch = [requirement for requirement in missing if _has_torch([requirement])]
        if torch and "--no-index" not in self.arguments(torch) and _torch_by_extension(torch[0]):
            missing = [requirement for requirement in missing if requirement not in torch]
        apart = [requirement for requirement in missing if is_kept_apart(requirement)]
        missing = [requirement for requirement in missing if requirement not in apart]
        problem = ""
        if missing:
            install = _by_packaging if _has_packaging() else _by_pip
            problem = install(self.arguments(missing))
        if apart and not problem:
            problem = _by_pip(["--upgrade", "--no-deps", "--target", str(self.apart), *self.arguments(apart)])
        return problem

    def _restart_needed(self) -> bool:
        old = needing_restart(self.needed)
        if old:
            text = _("Slicer still uses the former version of {names}: restart Slicer before you go on.")
            slicer.util.warningDisplay(text.format(names=", ".join(old)), windowTitle=_TITLE)
        return bool(old)


def slicers_first_use(requirements: Path) -> FirstUse:
    """Return what looks for packages beside the settings of this Slicer's user."""
    return FirstUse(requirements, Path(slicer.app.slicerUserSettingsFilePath).parent / "FootDeformity-wheels")


def _has_torch(requirements: Sequence[str]) -> bool:
    return any(requirement.startswith("torch>") for requirement in requirements)


def _torch_by_extension(requirement: str) -> bool:
    """Let Slicer's PyTorch extension, where it is installed, choose the PyTorch that suits the graphics card."""
    try:
        import PyTorchUtils
    except ImportError:
        return False
    try:
        version = requirement.removeprefix("torch")
        return (
            PyTorchUtils.PyTorchUtilsLogic().installTorch(askConfirmation=False, torchVersionRequirement=version)
            is not None
        )
    except Exception as error:  # that extension's own errors are of many kinds; pip is tried next
        logging.warning("PyTorchUtils could not install torch: %s", error)
        return False


def _has_packaging() -> bool:
    """Slicer 5.12 and newer install with a window of their own."""
    try:
        import slicer.packaging
    except ImportError:
        return False
    return hasattr(slicer.packaging, "pip_install")


def _by_packaging(arguments: list[str]) -> str:
    try:
        slicer.packaging.pip_install(arguments, requester="FootDeformity")
    except CalledProcessError as error:
        return str(_("The installation ended with exit code {code}.").format(code=error.returncode))
    return ""


def _by_pip(arguments: list[str]) -> str:
    """Run pip in Slicer's Python with a progress window that can cancel it; return why it failed, or an empty text."""
    from FootDeformityLib.network.process_tree import OF_ITS_OWN

    dialog = slicer.util.createProgressDialog(
        labelText=_("Installing packages…"),
        windowTitle=_TITLE,
        maximum=0,
        autoClose=False,
        windowModality=qt.Qt.WindowModal,  # nobody presses Install twice
    )
    dialog.show()  # by itself it waits some seconds
    command = [python_slicer(), "-m", "pip", "install", "--disable-pip-version-check", *arguments]
    try:
        # not slicer.util.launchConsoleProcess: PythonSlicer starts the interpreter, and Cancel must end both
        process = Popen(command, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, text=True, errors="replace", **OF_ITS_OWN)
        lines = _follow(process, dialog)
        cancelled = bool(dialog.wasCanceled)  # closing the window counts as cancelling, too
    except OSError as error:
        return str(error)
    finally:
        dialog.close()
    if process.returncode == 0:
        return ""
    if cancelled:
        return str(_("The installation was cancelled."))
    return "\n".join(lines[-_KEPT_LINES:])


def _follow(process: Popen[str], dialog: Any) -> list[str]:
    """Show what pip says until it ends, and kill it on Cancel; return its lines."""
    from FootDeformityLib.network.process_tree import kill_tree

    said: queue.SimpleQueue[str] = queue.SimpleQueue()
    reader = threading.Thread(target=_read_lines, args=(process, said.put), daemon=True)
    reader.start()
    lines: list[str] = []
    while reader.is_alive() or not said.empty():
        while not said.empty():
            lines.append(said.get())
            logging.info("pip: %s", lines[-1])
            dialog.labelText = lines[-1][:90]
        if dialog.wasCanceled:
            kill_tree(process)
        slicer.app.processEvents()
        time.sleep(0.03)
    process.wait()
    return lines


def _read_lines(process: Popen[str], take: Callable[[str], None]) -> None:
    if process.stdout is not None:
        for line in process.stdout:
            take(line.rstrip())
