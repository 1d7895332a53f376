"""Use cases of requests for corrections (更正申请): asking, approving, time."""
