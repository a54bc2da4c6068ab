"""What a case keeps of a radiograph."""

from __future__ import annotations

from FootDeformityLib.case.landmark import LandmarkState
from FootDeformityLib.case.view import CaseImage, CaseView
from FootDeformityLib.measure.scheme import Scheme
from FootDeformityLib.radiographs.radiograph import Radiograph


def image_of(radiograph: Radiograph, view: str) -> CaseImage:
    """Return the description of a radiograph for a case: its geometry and its file's name."""
    written = f"{view.lower()}.nrrd" if radiograph.slicer_geometry_wrong else radiograph.path.name
    return CaseImage(
        file=radiograph.path.name,
        width=radiograph.width,
        height=radiograph.height,
        spacing_mm=radiograph.spacing_mm,
        spacing_source=radiograph.spacing_source,
        pixel_aspect=radiograph.pixel_aspect,
        points_fit=written,
    )


def unplaced_view(radiograph: Radiograph, view: str, scheme: Scheme) -> CaseView:
    """Return the view with every point still to be placed."""
    landmarks = {name: LandmarkState() for name in scheme.ids(view)}
    return CaseView(image_of(radiograph, view), landmarks, None, image_warnings(radiograph, view))


def image_warnings(radiograph: Radiograph, view: str) -> tuple[str, ...]:
    """Return what a reader of the case must know about this image, each a sentence that names the view."""
    warnings = [f"{view} image: {text.rstrip('.')}." for text in radiograph.warnings]
    if radiograph.spacing_mm is None and radiograph.pixel_aspect == 1.0:
        warnings.append(
            f"{view} image: lengths in millimetres are hidden (pixel size {radiograph.spacing_source}). Angles hold if "
            "pixels are square."
        )
    if radiograph.slicer_geometry_wrong:
        warnings.append(
            f"{view} image: in 3D Slicer open {view.lower()}.nrrd and not {radiograph.path.name}: "
            f"the points of {view.lower()}.mrk.json lie on it."
        )
    return tuple(warnings)
