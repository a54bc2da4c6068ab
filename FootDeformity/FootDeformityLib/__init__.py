"""Shared core of FootDeformity: measure, read, detect, file, decide, host (see README, "Layout")."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("footdeformity")
except PackageNotFoundError:  # inside Slicer the modules are installed without a wheel
    __version__ = "0.1.0"
