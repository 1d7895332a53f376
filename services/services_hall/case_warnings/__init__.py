"""办件预警: rules by which cases are warned about before and after their limits, and the warnings."""
