"""The reading room in desktop 3D Slicer: Qt and Slicer's widgets about the logic of hosts/mrml. Computes nothing."""
