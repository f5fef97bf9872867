"""Physics of jets that rooms share: constituents in, coordinates, images and features out."""
