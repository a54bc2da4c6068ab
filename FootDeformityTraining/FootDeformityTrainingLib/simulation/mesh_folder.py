"""Folders of bone surfaces: one PLY file a bone, named by the bone, or one STL file with several bones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from FootDeformityLib.errors import FootDeformityError
from FootDeformityTrainingLib.simulation.mesh import Mesh, outward, welded

_TYPES = {
    "char": "i1", "int8": "i1", "uchar": "u1", "uint8": "u1", "short": "i2", "int16": "i2", "ushort": "u2",
    "uint16": "u2", "int": "i4", "int32": "i4", "uint": "u4", "uint32": "u4", "float": "f4", "float32": "f4",
    "double": "f8", "float64": "f8",
}  # fmt: skip


def read_bones(folder: str | Path) -> dict[str, Mesh]:
    """Read every ``*.ply`` of a folder, by name; triangles face outwards, holes stay open.

    Raises FootDeformityError for a folder without bones or a file that is no binary triangle PLY.
    """
    files = sorted(Path(folder).glob("*.ply"))
    if not files:
        raise FootDeformityError(f"{folder}: holds no bones (*.ply). Give the folder of one foot, such as vhf_right.")
    return {file.stem: outward(welded(read_ply(file))) for file in files}


def read_ply(path: str | Path) -> Mesh:
    """Read a binary little-endian PLY file of triangles; properties other than x, y, z are skipped.

    Raises FootDeformityError for anything else.
    """
    content = Path(path).read_bytes()
    head, mark, body = content.partition(b"end_header\n")
    lines = [line.split() for line in head.decode("ascii", "replace").splitlines()]
    problem = FootDeformityError(f"{path}: is no binary little-endian PLY file of triangles. Save the mesh as one.")
    if not mark or ["format", "binary_little_endian", "1.0"] not in lines:
        raise problem
    counts: dict[str, int] = {}
    fields: list[tuple[str, str]] = []
    face: tuple[str, str] | None = None
    for words in lines:
        if words[:1] == ["element"]:
            counts[words[1]] = int(words[2])
        elif words[:2] == ["property", "list"]:
            face = _TYPES[words[2]], _TYPES[words[3]]
        elif words[:1] == ["property"]:
            fields.append((words[2], "<" + _TYPES[words[1]]))
    if face is None or set(counts) != {"vertex", "face"} or not {"x", "y", "z"} <= {name for name, _ in fields}:
        raise problem
    vertex_type = np.dtype(fields)
    face_type = np.dtype([("count", "<" + face[0]), ("corners", "<" + face[1], 3)])
    vertices = np.frombuffer(body, vertex_type, counts["vertex"])
    try:
        faces = np.frombuffer(body, face_type, counts["face"], counts["vertex"] * vertex_type.itemsize)
    except ValueError:
        raise problem from None
    if not (faces["count"] == 3).all():
        raise problem
    xyz = np.stack([vertices[axis] for axis in "xyz"], axis=1).astype(np.float64)
    return Mesh(xyz, faces["corners"].astype(np.int64))


def read_stl(path: str | Path) -> Mesh:
    """Read a binary STL file, vertices joined.

    Raises FootDeformityError for anything else.
    """
    content = Path(path).read_bytes()
    record = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attribute", "<u2")])
    count = int.from_bytes(content[80:84], "little")
    if len(content) < 84 or len(content) != 84 + count * record.itemsize or not count:
        raise FootDeformityError(f"{path}: is no binary STL file ({len(content)} bytes). Save the mesh as one.")
    corners = np.frombuffer(content, record, count, 84)["corners"].astype(np.float64)
    return welded(Mesh(corners.reshape(-1, 3), np.arange(3 * count, dtype=np.int64).reshape(-1, 3)))


def parts(mesh: Mesh) -> list[Mesh]:
    """The surfaces of a mesh that hang together, largest first, facing outwards."""
    a, b, c = mesh.triangles.T
    links = coo_matrix((np.ones(2 * len(a)), (np.append(a, b), np.append(b, c))), shape=(len(mesh.vertices),) * 2)
    label = connected_components(links, directed=False)[1][a]
    found = []
    for part in np.unique(label):
        used, corners = np.unique(mesh.triangles[label == part], return_inverse=True)
        found.append(outward(Mesh(mesh.vertices[used], corners.reshape(-1, 3).astype(np.int64))))
    return sorted(found, key=lambda each: -len(each.vertices))
