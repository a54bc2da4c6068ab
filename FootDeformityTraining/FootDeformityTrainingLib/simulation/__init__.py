"""Simulated radiographs: bones as closed surfaces, posed, projected through a cone beam, made to look like film.

Everything here is in the foot frame of a right foot unless said otherwise: millimetres, x towards the toes,
y medial, z up, floor at z = 0.
"""
