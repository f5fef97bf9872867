"""What leaves a study for other programs, and for papers."""
