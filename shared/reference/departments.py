"""Departments of a county (县直部门) and subjects of services, by code, and how a county says its own.

The names are those that most counties have after the reform of 2024; a county's own stand in its settings.
"""

import re
from collections.abc import Mapping

DEPARTMENTS: Mapping[str, str] = {
    "government_office": "县政府办公室",
    "political_legal": "县委政法委",
    "organisation": "县委组织部",
    "publicity": "县委宣传部",
    "social_work": "县委社会工作部",
    "development_reform": "发展和改革局",
    "education": "教育局",
    "industry": "工业和信息化局",
    "ethnic_religious": "民族宗教事务局",
    "public_security": "公安局",
    "civil_affairs": "民政局",
    "judicial": "司法局",
    "finance": "财政局",
    "human_resources": "人力资源和社会保障局",
    "natural_resources": "自然资源局",
    "ecology": "生态环境局",
    "housing": "住房和城乡建设局",
    "urban_management": "城市管理局",
    "transport": "交通运输局",
    "water": "水利局",
    "agriculture": "农业农村局",
    "forestry": "林业局",
    "commerce": "商务局",
    "culture_tourism": "文化和旅游局",
    "health": "卫生健康局",
    "veterans": "退役军人事务局",
    "emergency": "应急管理局",
    "fire": "消防救援大队",
    "audit": "审计局",
    "market": "市场监督管理局",
    "statistics": "统计局",
    "medical_insurance": "医疗保障局",
    "government_services": "政务服务和数据管理局",
    "petition": "信访局",
    "grid_center": "网格化服务管理中心",
    "tax": "税务局",
    "disabled_federation": "残疾人联合会",
    "womens_federation": "妇女联合会",
}

ITEM_CATEGORIES: Mapping[str, str] = {
    "family_planning": "生育收养",
    "household_registration": "户籍办理",
    "certificates": "证件办理",
    "marriage": "婚姻登记",
    "education": "教育科研",
    "employment": "就业创业",
    "social_insurance": "社会保障",
    "social_assistance": "社会救助",
    "social_welfare": "社会福利",
    "medical": "医疗卫生",
    "housing": "住房保障",
    "veterans": "优待抚恤",
    "retirement": "离职退休",
    "funeral": "死亡殡葬",
    "land_building": "规划建设",
    "agriculture": "农业农村",
    "business": "准营准办",
    "transport": "交通出行",
    "utilities": "公用事业",
    "legal": "司法公证",
    "village_convenience": "村级便民",
    "other": "其他",
}

_NAMED = re.compile(r"([a-z][a-z0-9_]{0,39}):([\u3400-\u9fff][\u3400-\u9fff\w（）()·-]{0,29})")


def with_own(shipped: Mapping[str, str], own: str, *, setting: str) -> dict[str, str]:
    """The shipped names, and a county's own beside or instead of them: `river_chief:河长制办公室,…`.

    Raises `ValueError` that names the setting.
    """
    found = dict(shipped)
    for part in filter(None, (piece.strip() for piece in own.split(","))):
        named = _NAMED.fullmatch(part)
        if named is None:
            raise ValueError(f"{setting}: {part!r} is not code:名称, such as river_chief:河长制办公室")
        found[named[1]] = named[2]
    return found
