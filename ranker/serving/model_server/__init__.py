"""How models are served: one interface, the Triton server behind it, ONNX Runtime in process beside it."""
