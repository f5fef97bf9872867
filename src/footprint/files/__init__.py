"""The file layouts: the only place where Footprint's HDF5 files are written and opened."""
