"""Diagnoses of connections in Chinese, with their remedies in both languages, by what the English sentence says."""

from typing import NamedTuple

from shared.diagnostics import Diagnosis
from shared.doctor.findings import Check, Finding, fault


class Words(NamedTuple):
    """Words for one diagnosis: a part of the English sentence, the Chinese one, the remedy in both."""

    said: str
    chinese: str
    remedy_chinese: str
    remedy: str


ADDRESS = (
    "请核对地址和端口，并检查网络策略和对方是否已启动",
    "check address and port, NetworkPolicies, and whether it runs",
)
PASSWORD = ("请让密码与对方登记的一致", "set the password that it has for that user")
CERTIFICATE = (
    "请在相应的设置中使用证书上的名称，或配置签发它的机构",
    "use the name in the certificate, or name its authority",
)
RULES = ("请由消息总线管理员按随附的用户清单重新授权", "let the bus's administrator apply the generated users again")

POOLER = (
    "请让地址直接指向 PostgreSQL，或把连接池改为会话模式",
    "name PostgreSQL itself, or let the pooler keep sessions",
)

DATABASE = (
    Words("a pooler in transaction mode", "数据库前有事务模式的连接池（PgBouncer），不受支持", *POOLER),
    Words("stands there and drops", "数据库前的连接池（PgBouncer）丢弃了超时设置", *POOLER),
    Words("refuses the settings that we send", "数据库前的连接池（PgBouncer）拒绝我们的连接设置", *POOLER),
    Words("refuses its user or password", "数据库拒绝该用户或密码", *PASSWORD),
    Words(
        "a database that does not exist",
        "所填的数据库不存在",
        "请创建数据库或更正名称",
        "create it, or correct its name",
    ),
    Words(
        "no connection left",
        "数据库连接数已用完",
        "请调高 max_connections 或减少连接池",
        "raise max_connections or lower pools",
    ),
    Words("starting up or shutting down", "数据库正在启动或关闭", "请稍候再检查", "wait, and ask again"),
    Words("does not match it or its authority", "数据库的证书与其名称或签发机构不符", *CERTIFICATE),
    Words(
        "speaks another TLS", "数据库的加密方式与设置不一致", "请核对地址中的 ssl 参数", "check `ssl` in the address"
    ),
    Words("its host name is not known", "主机名无法解析", *ADDRESS),
    Words("no database server listens", "该地址没有数据库在监听", *ADDRESS),
    Words("no database server answers", "数据库在限定时间内没有应答", *ADDRESS),
    Words("no database server can be reached", "无法连接数据库", *ADDRESS),
)
BUS = (
    Words("made out to another host name", "消息总线的证书属于另一个主机名", *CERTIFICATE),
    Words("has expired or is not yet valid", "消息总线的证书已过期或尚未生效", "请更换证书", "renew it"),
    Words("is not from an authority", "消息总线的证书不是所配置的机构签发的", *CERTIFICATE),
    Words(
        "wants a client certificate",
        "消息总线要求受信任的客户端证书",
        "请配置该证书及其私钥",
        "set that certificate and its key",
    ),
    Words(
        "does not speak TLS", "消息总线在该端口不使用加密", "请核对端口和安全协议", "check port and security protocol"
    ),
    Words("the broker refuses it for the user", "消息总线拒绝该用户的密码", *PASSWORD),
    Words(
        "does not offer this mechanism", "消息总线不支持所设的登录方式", "请改用它支持的方式", "set one that it offers"
    ),
    Words("another kind of login", "消息总线要求另一种登录方式", "请核对安全协议", "check the security protocol"),
    Words(
        "hangs up", "消息总线断开了连接，安全协议似乎不一致", "请核对端口和安全协议", "check port and security protocol"
    ),
    Words(
        "not at the address it names itself by",
        "消息总线可以连接，但它对外公布的地址连不上",
        "请更正 advertised.listeners",
        "correct its advertised.listeners",
    ),
    Words("host name in it is not known", "主机名无法解析", *ADDRESS),
    Words("no broker listens", "该地址没有消息总线在监听", *ADDRESS),
    Words("no broker answers", "消息总线在限定时间内没有应答", *ADDRESS),
    Words("no broker can be reached", "无法连接消息总线", *ADDRESS),
    Words(
        "is not of the form", "地址格式有误", "请写成 host:port，多个用逗号分隔", "write host:port, separated by commas"
    ),
    Words("may not read in this service's consumer group", "该用户无权在本服务的消费组中读取", *RULES),
    Words("may not write topic", "该用户无权写入主题，或主题不存在", *RULES),
    Words("there is no topic", "要写入的主题不存在", "请运行 migrate", "run `migrate`"),
    Words("may not read", "该用户无权读取主题，或主题不存在", *RULES),
    Words(
        "is not there yet", "要读取的主题还不存在", "请先对拥有它的服务运行 migrate", "run `migrate` of its owner first"
    ),
)
_UNKNOWN = ("请查看本进程日志", "look into the log of this process")


def told(check: Check, diagnosis: Diagnosis, words: tuple[Words, ...]) -> Finding:
    """The finding of a diagnosis."""
    known = next((one for one in words if one.said in diagnosis.sentence), None)
    chinese, *remedies = known[1:] if known else ("连接失败", *_UNKNOWN)
    return fault(check, f"{diagnosis.setting}：{chinese}。{remedies[0]}。", f"{diagnosis}; {remedies[1]}.")
