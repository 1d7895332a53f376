"""Rules of cases (办件): the lifecycle, materials, persons, reasons and refusals."""
