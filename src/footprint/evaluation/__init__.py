"""What predictions are worth: metrics with uncertainties, baselines, tables."""
