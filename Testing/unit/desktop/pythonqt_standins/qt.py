"""PySide6 that answers as PythonQt does, so that Slicer's widget code runs without Slicer.

Made alike: properties are attributes and hide the getter of the same name, ``objectName`` is also ``name``,
``connect("signal(types)", slot)``, one namespace for all of Qt, file dialogs that return text alone.
Proves nothing about PythonQt itself: overloads, conversions and ownership are PySide6's.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

from PySide6 import QtCore, QtGui, QtUiTools, QtWidgets

_MODULES = (QtWidgets, QtGui, QtCore, QtUiTools)


def __getattr__(name: str) -> Any:
    for module in _MODULES:
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"Qt has no {name}")


def _property(name: str) -> property:
    def found(self: QtCore.QObject) -> QtCore.QMetaProperty:
        meta = self.metaObject()
        return meta.property(meta.indexOfProperty(name))

    return property(lambda self: found(self).read(self), lambda self, value: found(self).write(self, value))


#: C++ would take an attribute of these names for an override, and call it
_VIRTUAL = ("sizeHint", "minimumSizeHint")


def _use_attributes(cls: type) -> None:
    meta = cls.staticMetaObject  # type: ignore[attr-defined]
    for index in range(meta.propertyCount()):
        name = meta.property(index).name()
        if name in _VIRTUAL or (cls is QtWidgets.QProgressBar and name == "text"):
            continue
        if index < meta.propertyOffset() and name not in vars(cls):
            continue  # the parent class has it
        setattr(cls, name, _property(name))
        getter = f"is{name[0].upper()}{name[1:]}"
        if hasattr(cls, getter):
            setattr(cls, getter, property(lambda self, name=name: _refuse(name)))


def _refuse(name: str) -> None:
    raise AssertionError(f"PythonQt may have no such getter: use the property {name}")


class _Connection:
    """Calls a slot with as many arguments as the signature that was connected names."""

    def __init__(self, slot: Callable[..., Any], count: int) -> None:
        self.slot, self.count = slot, count

    def __call__(self, *arguments: Any) -> None:
        self.slot(*arguments[: self.count])


def _signal(sender: QtCore.QObject, signature: str) -> tuple[Any, int]:
    name, _, rest = signature.partition("(")
    normalized = QtCore.QMetaObject.normalizedSignature(signature).data().decode()
    known = sender.metaObject().indexOfSignal(normalized) >= 0
    if not known and signature not in _MRML_SIGNALS:
        raise ValueError(f"{type(sender).__name__} has no signal {signature}")
    return getattr(sender, name), sum(bool(part.strip()) for part in rest.rstrip(")").split(","))


#: of the stand-ins in qmrml.py, where Qt knows nothing of MRML nodes
_MRML_SIGNALS = ("currentNodeChanged(vtkMRMLNode*)",)


def _connect(self: QtCore.QObject, signature: str, slot: Callable[..., Any]) -> bool:
    signal, count = _signal(self, signature)
    inspect.signature(slot).bind(*[None] * count)  # PythonQt passes the signature's arguments: say so early
    connection = _Connection(slot, count)
    kept = self.__dict__.setdefault("_standin_connections", {})
    kept[(signature, slot)] = connection
    signal.connect(connection)
    return True


def _disconnect(self: QtCore.QObject, signature: str, slot: Callable[..., Any]) -> bool:
    signal, _ = _signal(self, signature)
    signal.disconnect(self.__dict__["_standin_connections"].pop((signature, slot)))
    return True


class QTimer(QtCore.QTimer):
    connect, disconnect = _connect, _disconnect
    singleShot = staticmethod(QtCore.QTimer.singleShot)  # not the property of this name


class QShortcut(QtGui.QShortcut):
    connect, disconnect = _connect, _disconnect


class QFileDialog(QtWidgets.QFileDialog):
    """The static dialogs return the chosen path, or the paths, and nothing else."""

    answers: list[Any] = []  # noqa: RUF012 - filled by the tests: what the user would choose

    @staticmethod
    def getOpenFileName(*_: Any) -> str:
        return str(QFileDialog.answers.pop(0))

    @staticmethod
    def getOpenFileNames(*_: Any) -> list[str]:
        return [str(path) for path in QFileDialog.answers.pop(0)]

    @staticmethod
    def getExistingDirectory(*_: Any) -> str:
        return str(QFileDialog.answers.pop(0))


class QUiLoader:
    """Knows the stand-ins of Slicer's own widgets."""

    def load(self, file: QtCore.QFile) -> QtWidgets.QWidget:
        import ctk
        import qmrml

        loader = QtUiTools.QUiLoader()
        for cls in (ctk.ctkCollapsibleButton, qmrml.qMRMLWidget, qmrml.qMRMLNodeComboBox):
            loader.registerCustomWidget(cls)
        root = loader.load(file)
        root.kept = root.findChildren(QtCore.QObject)  # PySide6 finds connect by itself: it must be put on each object
        for child in root.kept:
            child.connect = functools.partial(_connect, child)
            child.disconnect = functools.partial(_disconnect, child)
        return root


def _patch() -> None:
    for module in (QtCore, QtGui, QtWidgets):
        for cls in [getattr(module, name) for name in dir(module)]:
            if isinstance(cls, type) and issubclass(cls, QtCore.QObject) and "staticMetaObject" in dir(cls):
                _use_attributes(cls)
    QtCore.QObject.name = _property("objectName")  # type: ignore[attr-defined]


_patch()
