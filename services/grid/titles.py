"""What every operation is called in Chinese: the documents show it."""

from collections.abc import Mapping

TITLES: Mapping[str, str] = {
    "drawGrid": "划定网格",
    "listGrids": "网格列表",
    "drawGrids": "批量划定网格",
    "locateGrid": "定位网格",
    "getGrid": "查询网格",
    "closeGrid": "关闭网格",
    "createUnit": "新建处置单位",
    "listUnits": "处置单位列表",
    "getDictionary": "查询事件字典",
    "reportIncident": "上报事件",
    "listIncidents": "事件列表",
    "countIncidents": "事件计数",
    "getIncident": "查询事件",
    "fileIncident": "立案",
    "rejectIncident": "不予立案",
    "dispatchIncident": "派遣",
    "acceptIncident": "接单",
    "returnIncident": "退单",
    "giveIncidentFeedback": "处置反馈",
    "checkIncident": "核查",
    "closeIncident": "结案",
    "getInboundKeys": "查询加密公钥",
    "listInboundRequests": "来件答复列表",
    "listVisits": "走访列表",
    "countVisits": "走访计数",
    "getVisit": "查询走访",
    "recordVisit": "登记走访",
}
