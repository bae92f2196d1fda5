import pipeline as pipeline  # as every command begins: it says how NumPy asks for memory, which NumPy reads once
