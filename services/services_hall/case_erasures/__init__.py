"""办件个人信息清除: what is kept sealed of persons in cases is erased, by the register's order, by term or by wish."""
