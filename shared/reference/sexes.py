"""Sex, GB/T 2261.1."""

from shared.reference.codes import CodeList

MALE = "1"
FEMALE = "2"

SEXES = CodeList.parse("GB/T 2261.1", "0 未知的性别 1 男性 2 女性 9 未说明的性别")
