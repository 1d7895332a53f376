"""Office Open XML workbooks: parts, formats, worksheets, read as they stand."""
