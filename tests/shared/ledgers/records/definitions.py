"""Two ledgers as tests publish them: one with everything that a record may have, one about persons."""

from typing import Any

import yaml

from shared.ledgers.compiler.compiling import compile_ledger
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.definition import Definition

MEDIATIONS = """
code: mediations
title: 调解
owner: grid
source: 测试
levels: [grid, village]
department: department
unique: [[number]]
fields:
  - {name: kind, title: 类型, type: choice, privacy: public, required: true, search: true, choices: [
      {code: neighbours, title: 邻里}, {code: family, title: 家庭}, {code: land, title: 土地}]}
  - {name: tags, title: 标记, type: choices, search: true, choices: [{code: old, title: 旧}, {code: hot, title: 急}]}
  - {name: amount, title: 金额, type: money, search: true, bounds: {min: 0}}
  - {name: found_on, title: 发现日期, type: date, required: true, search: true, bounds: {not_after_today: true}}
  - {name: matter, title: 事由, type: long_text, privacy: personal}
  - {name: contact, title: 联系人, type: name, privacy: personal, search: true}
  - {name: phone, title: 电话, type: phone, privacy: personal, search: true}
  - {name: number, title: 证件号码, type: identity_number, privacy: personal, search: true}
  - {name: secret, title: 内情, type: text, privacy: restricted}
  - {name: remark, title: 备注, type: text}
  - {name: department, title: 部门, type: department, search: true}
  - {name: place, title: 位置, type: point}
  - {name: beside, title: 相邻村, type: area}
  - {name: earlier, title: 前次记录, type: record, ledger: mediations}
  - {name: paper, title: 协议, type: file, privacy: personal}
  - {name: outcome, title: 结果, type: choice, privacy: public, required_in: [closed], choices: [
      {code: agreed, title: 达成}, {code: refused, title: 未达成}]}
  - {name: agreed_on, title: 协议日期, type: date}
rows:
  - name: parties
    title: 当事人
    max: 3
    fields:
      - {name: name, title: 姓名, type: name, privacy: personal, required: true}
      - {name: share, title: 份额, type: integer}
      - {name: file, title: 前科, type: text, privacy: restricted}
rules:
  - {id: agreed_after_found, field: agreed_on, message: 协议日期不得早于发现日期,
     that: 'record.agreed_on == null || record.agreed_on >= record.found_on'}
computed:
  - {name: days_open, title: 用时, type: integer,
     value: 'record.agreed_on == null ? null : days(record.found_on, record.agreed_on)'}
statuses:
  - {code: registered, title: 已登记, initial: true}
  - {code: mediating, title: 调解中}
  - {code: waiting, title: 中止}
  - {code: closed, title: 已办结, final: true}
  - {code: dismissed, title: 不予受理, final: true}
steps:
  - {verb: mediate, title: 受理, from: [registered], to: mediating, permission: record.write,
     fills: [contact, department, number]}
  - {verb: suspend, title: 中止, from: [mediating], to: waiting, permission: record.check}
  - {verb: resume, title: 恢复, from: [waiting], to: mediating, permission: record.check}
  - {verb: dismiss, title: 不予受理, from: [registered], to: dismissed, permission: record.check, reason: true}
  - {verb: close, title: 办结, from: [mediating], to: closed, permission: record.check, fills: [outcome, agreed_on],
     four_eyes: [mediate]}
  - {verb: reopen, title: 重新调解, from: [closed], to: mediating, permission: record.check, level: town,
     reason: true, reopens: true}
clock:
  limits:
    - id: mediation
      title: 调解时限
      starts: mediating
      ends: [closed]
      amount: 5
      unit: work_day
      pauses: [waiting]
      extension: {amount: 3, times: 1, permission: record.check}
      warnings:
        - {id: soon, title: 即将到期, amount: 2}
        - {id: over, title: 已超期, amount: 0, before: false}
published: [kind, tags, amount, found_on, department, outcome, agreed_on, days_open]
access:
  disclosed: {fields: [kind, outcome], after: [closed]}
layout:
  list_columns: [kind, found_on]
"""

VISITED = """
code: home_visits
title: 上门记录
owner: grid
source: 测试
levels: [village]
subject: person
fields:
  - {name: need, title: 需要, type: choice, search: true, required: true, choices: [
      {code: none, title: 无}, {code: meal, title: 助餐}]}
statuses:
  - {code: kept, title: 在册, initial: true, final: true}
published: [need]
"""


def compiled(text: str, *, version: int = 1, **changed: Any) -> Ledger:
    """The ledger of a definition, some of its parts put in place of what it says."""
    return compile_ledger(Definition.model_validate({**yaml.load(text, yaml.CSafeLoader), **changed}), version=version)
