"""事件字典草稿: the next version of the dictionary, before and when it is published."""
