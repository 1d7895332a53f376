"""Files that people hand in: kept sealed in a folder or an S3-compatible store, described and guarded by a row."""
