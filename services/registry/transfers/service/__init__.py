"""Use cases of transfers (迁移申请): asking, deciding, moving, time, undoing."""
