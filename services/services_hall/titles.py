"""What every operation is called in Chinese: the documents show it."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "listItems": "事项列表",
    "draftItem": "起草事项",
    "getItem": "查询事项",
    "getItemVersion": "查询事项版本",
    "publishItem": "发布事项",
    "submitCase": "提交办件",
    "listCases": "办件列表",
    "countCases": "办件计数",
    "getCase": "查询办件",
    "receiveCase": "收件",
    "acceptCase": "受理",
    "refuseCase": "不予受理",
    "decideCase": "办结决定",
    "closeCase": "结案",
    "withdrawCase": "撤回办件",
}
