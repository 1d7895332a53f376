"""Bodies of incidents (事件), in and out."""
