"""Judges models on annotated radiographs as the paper does, and two readers against each other.

cohort (truth) and tested_model give landmark_results; tables and figures are made from these, page puts them together.
"""
