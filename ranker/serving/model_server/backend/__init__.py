"""The `onnxruntime` backend that Triton loads where its own C++ one is missing.

`model.py` and `graph.py` are copied into Triton's backend folder and run there, in an environment that
holds only ONNX Runtime and NumPy 1: they import nothing else of this package.
"""
