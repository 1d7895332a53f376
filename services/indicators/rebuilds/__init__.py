"""重建: all figures once more from the topics."""
