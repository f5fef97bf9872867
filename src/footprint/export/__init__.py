"""What leaves a study: networks as ONNX, numbers for HEPData and for papers."""
