"""Run inside Slicer by ctest: the module as it was built or installed, with all of its files."""

import unittest
from pathlib import Path

import slicer


class FootDeformityModuleTest(unittest.TestCase):
    """What only a real Slicer can tell; the module's own self-test is FootDeformityTest."""

    def setUp(self):
        slicer.mrmlScene.Clear()

    def test_files_are_installed(self):
        from FootDeformityLib.resources import resource_path, shipped_model

        for view in ("AP", "lateral"):
            self.assertTrue((shipped_model(view) / "weights.safetensors").is_file())
        for parts in (("Schemes", "foot27.json"), ("Criteria", "literature.json"), ("Samples", "normal_ap.dcm")):
            self.assertTrue(resource_path(*parts).is_file())
        folder = Path(slicer.util.modulePath("FootDeformity")).parent
        self.assertTrue((folder / "Resources" / "Icons" / "FootDeformity.png").is_file())
        self.assertTrue((folder / "Resources" / "UI" / "FootDeformity.ui").is_file())

    def test_opening_installs_nothing_and_leaves_torch_alone(self):
        import sys

        slicer.modules.footdeformity.widgetRepresentation()
        self.assertNotIn("torch", sys.modules)

    def test_self_test(self):
        slicer.selfTests["FootDeformity"]()


if __name__ == "__main__":
    unittest.main()
