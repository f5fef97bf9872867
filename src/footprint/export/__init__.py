"""Trained networks for other programs: ONNX with preprocessing, units and domain inside."""
