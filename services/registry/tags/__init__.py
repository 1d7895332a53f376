"""人员标签: special groups."""
