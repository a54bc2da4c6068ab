"""The panel of the training module: annotated folders, data check, training, evaluation, models."""
