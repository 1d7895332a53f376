"""纸质文书: papers as PDF out of templates and data."""
