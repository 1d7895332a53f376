"""迁移申请: transfers between villages, asked for by the one and confirmed by the other."""
