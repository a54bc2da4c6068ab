"""The reading room in a browser: Slicer's slice views and markups on this machine, shown by a local page."""
