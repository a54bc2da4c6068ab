"""Floor 1: landmark scheme, angles, criteria, diagnosis, quality. Needs numpy and the standard library only."""
