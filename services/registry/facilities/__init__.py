"""设施: facilities."""
