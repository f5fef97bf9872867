"""What a jet is, in numbers: kinematics, substructure, images and features of its constituents."""
