"""Ethnic groups, GB/T 3304-1991: two digits, two letters, the Chinese name."""

from shared.reference.codes import CodeList

_GROUPS = """
01 HA 汉 02 MG 蒙古 03 HU 回 04 ZA 藏 05 UG 维吾尔 06 MH 苗 07 YI 彝 08 ZH 壮
09 BY 布依 10 CS 朝鲜 11 MA 满 12 DO 侗 13 YA 瑶 14 BA 白 15 TJ 土家 16 HN 哈尼
17 KZ 哈萨克 18 DA 傣 19 LI 黎 20 LS 傈僳 21 VA 佤 22 SH 畲 23 GS 高山 24 LH 拉祜
25 SU 水 26 DX 东乡 27 NX 纳西 28 JP 景颇 29 KG 柯尔克孜 30 TU 土 31 DU 达斡尔 32 ML 仫佬
33 QI 羌 34 BL 布朗 35 SL 撒拉 36 MN 毛南 37 GL 仡佬 38 XB 锡伯 39 AC 阿昌 40 PM 普米
41 TA 塔吉克 42 NU 怒 43 UZ 乌孜别克 44 RS 俄罗斯 45 EW 鄂温克 46 DE 德昂 47 BN 保安 48 YG 裕固
49 GI 京 50 TT 塔塔尔 51 DR 独龙 52 OR 鄂伦春 53 HZ 赫哲 54 MB 门巴 55 LB 珞巴 56 JN 基诺
"""

_WORDS = _GROUPS.split()

ETHNIC_GROUPS = CodeList("GB/T 3304", {code: f"{name}族" for code, name in zip(_WORDS[::3], _WORDS[2::3], strict=True)})
"""Name by numeric code: `08` → 壮族."""

ETHNIC_GROUP_LETTERS = CodeList("GB/T 3304", dict(zip(_WORDS[1::3], _WORDS[::3], strict=True)))
"""Numeric code by letters: `ZH` → `08`."""
