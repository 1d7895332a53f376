"""异常查看: who read unusually much, late, or where nothing was read before; found each day, decided by auditors."""
