"""事件: reported, dispatched, handled, checked."""
