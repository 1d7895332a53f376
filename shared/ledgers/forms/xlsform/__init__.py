"""Definitions drafted from XLSForms, as field staff write them; what cannot be taken over is told by sheet and cell."""
