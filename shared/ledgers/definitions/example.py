"""A small ledger for the documents: every example of ledgers and records belongs to it."""

from typing import Any

from shared.contracts.examples import THIS_SERVICE

EXAMPLE: dict[str, Any] = {
    "code": "disputes",
    "title": "矛盾纠纷调解台账",
    "owner": THIS_SERVICE,
    "source": "县矛盾纠纷排查调处工作报告",
    "levels": ["village"],
    "fields": [
        {
            "name": "kind",
            "title": "纠纷类型",
            "type": "choice",
            "required": True,
            "search": True,
            "choices": [{"code": "neighbours", "title": "邻里"}, {"code": "family", "title": "婚姻家庭"}],
        },
        {
            "name": "risk",
            "title": "风险等级",
            "type": "choice",
            "default": "yellow",
            "choices": [{"code": "orange", "title": "橙色"}, {"code": "yellow", "title": "黄色"}],
        },
        {
            "name": "found_on",
            "title": "发现日期",
            "type": "date",
            "required": True,
            "bounds": {"not_after_today": True},
        },
        {"name": "matter", "title": "纠纷事由", "type": "long_text", "privacy": "personal", "required": True},
        {"name": "mediator", "title": "调解员", "type": "name", "privacy": "personal", "search": True},
        {
            "name": "outcome",
            "title": "调解结果",
            "type": "choice",
            "required_in": ["mediated"],
            "choices": [{"code": "agreed", "title": "达成协议"}, {"code": "refused", "title": "未达成协议"}],
        },
    ],
    "statuses": [
        {"code": "registered", "title": "已登记", "initial": True},
        {"code": "mediated", "title": "已调解", "final": True},
    ],
    "steps": [
        {
            "verb": "mediate",
            "title": "调解",
            "from": ["registered"],
            "to": "mediated",
            "permission": "record.check",
            "fills": ["outcome"],
        }
    ],
    "clock": {
        "source": "人民调解工作惯例",
        "limits": [
            {
                "id": "mediation",
                "title": "调解时限",
                "starts": "registered",
                "ends": ["mediated"],
                "amount": 30,
                "unit": "day",
                "extension": {"amount": 10, "permission": "record.check"},
            }
        ],
    },
    "published": ["kind", "found_on", "outcome"],
    "measures": [
        {
            "code": "found",
            "title": "排查纠纷数",
            "kind": "flow",
            "date": "found_on",
            "dimension": "kind",
            "meaning": "当期发现的矛盾纠纷件数",
        }
    ],
}
