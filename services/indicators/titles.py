"""What every operation is called in Chinese: the documents show it."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "listDefinitions": "指标口径列表",
    "getValues": "查询指标数值",
    "getSeries": "查询指标序列",
    "startRebuild": "开始重算",
    "getRebuild": "查询重算",
}
