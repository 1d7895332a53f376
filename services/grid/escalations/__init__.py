"""事件升级: incidents that stood still for too long, brought before somebody above."""
