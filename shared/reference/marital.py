"""Marital status, GB/T 2261.2."""

from shared.reference.codes import CodeList

MARITAL_STATUSES = CodeList.parse(
    "GB/T 2261.2", "10 未婚 20 已婚 21 初婚 22 再婚 23 复婚 30 丧偶 40 离婚 90 未说明的婚姻状况"
)
