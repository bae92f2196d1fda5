import os

# Long arrays of a study live for one step: huge pages, cleared anew for each, took a tenth of its time.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")  # read when NumPy is imported; whoever sets it otherwise is heard
