"""处置单位: who handles incidents."""
