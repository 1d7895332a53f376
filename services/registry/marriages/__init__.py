"""婚姻: marriages and divorces, with what they change in the households of both."""
