"""Scans of hyperparameters: propose points, train them, choose one by the validation split."""
