"""Grafana dashboards of a county (`dashboards/*.json` of the chart): five pages."""

from collections.abc import Iterator

from deploy.helm.grafana import CHOSEN, Dashboard, Panel, written
from deploy.helm.rules import OBJECTIVES, SERVICE, recorded


def rate(metric: str, *labels: str, among: str = "", window: str = "5m") -> str:
    """Rate of a counter by service and labels."""
    by = ", ".join((SERVICE, *labels))
    return f"sum by ({by}) (rate({metric}{{{CHOSEN}{', ' + among if among else ''}}}[{window}]))"


def quantile(share: float, metric: str, *labels: str) -> str:
    """Quantile of a histogram by service and labels."""
    by = ", ".join((SERVICE, *labels, "le"))
    return f"histogram_quantile({share}, sum by ({by}) (rate({metric}_bucket{{{CHOSEN}}}[5m])))"


def now(metric: str, *labels: str, how: str = "max") -> str:
    """A gauge by service and labels."""
    return f"{how} by ({', '.join((SERVICE, *labels))}) ({metric}{{{CHOSEN}}})"


def legend(*labels: str) -> str:
    return " ".join(f"{{{{{label}}}}}" for label in (SERVICE, *labels))


_FAILED = rate("xiangli_http_requests_total", among='status=~"5.."')
_ERRORS = f"{_FAILED} / {rate('xiangli_http_requests_total')}"

GOLDEN = Dashboard(
    "golden-signals",
    "乡里 · 服务概况 Golden signals",
    (
        Panel("请求量 Requests", "reqps", [(rate("xiangli_http_requests_total"), legend())]),
        Panel("错误率 Errors (5xx)", "percentunit", [(_ERRORS, legend())]),
        Panel(
            "应答时间 Latency",
            "s",
            [
                (quantile(share, "xiangli_http_request_seconds"), f"p{share * 100:g} {legend()}")
                for share in (0.5, 0.95, 0.99)
            ],
        ),
        Panel(
            "最慢的操作 Slowest operations",
            "s",
            [(f"topk(10, {quantile(0.95, 'xiangli_http_request_seconds', 'operation')})", legend("operation"))],
        ),
        Panel("正在处理 In flight", "short", [(now("xiangli_http_requests_in_flight", how="sum"), legend())]),
        Panel(
            "被拒的请求 Refusals by code",
            "reqps",
            [(f"topk(10, {rate('xiangli_http_refused_total', 'code')})", legend("code"))],
        ),
        Panel(
            "等待数据库连接 Waiting for a connection",
            "s",
            [(quantile(0.95, "xiangli_database_wait_seconds"), f"p95 {legend()}")],
        ),
        Panel(
            "占用的数据库连接 Connections in use",
            "short",
            [(now("xiangli_database_connections_in_use", how="sum"), legend())],
        ),
        Panel(
            "被断开的连接 Connections that we ended",
            "short",
            [(rate("xiangli_http_connections_ended_total", "reason"), legend("reason"))],
        ),
        Panel(
            "访问日志 Access log",
            "s",
            [
                (quantile(0.95, "xiangli_access_log_commit_seconds"), f"p95 {legend()}"),
                (rate("xiangli_access_log_failures_total"), f"失败 failures {legend()}"),
            ],
        ),
    ),
)
BUS = Dashboard(
    "bus",
    "乡里 · 消息总线 Bus",
    (
        Panel("最久未发出 Age of the outbox", "s", [(now("xiangli_outbox_oldest_unpublished_seconds"), legend())]),
        Panel("未发出条数 Backlog of the outbox", "short", [(now("xiangli_outbox_backlog_rows"), legend())]),
        Panel("发出 Sent", "short", [(rate("xiangli_relay_published_total", "noun"), legend("noun"))]),
        Panel("发送失败 Failed to send", "short", [(rate("xiangli_relay_failed_total", "noun"), legend("noun"))]),
        Panel("消费积压 Lag", "short", [(now("xiangli_consumer_lag_records", "topic", how="sum"), legend("topic"))]),
        Panel("消费 Consumed", "short", [(rate("xiangli_consumed_total", "outcome"), legend("outcome"))]),
        Panel(
            "每批耗时 Time of a batch",
            "s",
            [
                (quantile(0.95, "xiangli_consume_batch_seconds"), f"消费 consume {legend()}"),
                (quantile(0.95, "xiangli_relay_batch_seconds"), f"发送 relay {legend()}"),
            ],
        ),
        Panel(
            "搁置的消息 Dead letters",
            "short",
            [
                (now("xiangli_dead_letters_open"), f"未处理 open {legend()}"),
                (rate("xiangli_dead_letters_total", "code"), legend("code")),
            ],
        ),
        Panel(
            "跳过与补到的版本 Versions skipped and late",
            "short",
            [
                (rate("xiangli_sequence_gaps_total", "noun"), f"跳过 skipped {legend('noun')}"),
                (rate("xiangli_late_states_total", "noun"), f"补到 late {legend('noun')}"),
            ],
        ),
        Panel(
            "读到之前被删 Cut before they were read",
            "short",
            [
                (now("xiangli_nouns_incomplete"), f"不全 incomplete {legend()}"),
                (rate("xiangli_logs_cut_total", "noun"), legend("noun")),
            ],
        ),
        Panel("县里来件 Inbound", "short", [(rate("xiangli_inbound_total", "answer"), legend("answer"))]),
        Panel(
            "重建的客户端 Clients built anew",
            "short",
            [
                (rate("xiangli_consumer_rebuilds_total", "reason"), f"消费 {legend('reason')}"),
                (rate("xiangli_producer_rebuilds_total"), f"发送 {legend()}"),
            ],
        ),
        Panel("发送者 Relays", "short", [(now("xiangli_relay_leader", "shard"), legend("shard"))]),
    ),
)
DEADLINES = Dashboard(
    "deadlines",
    "乡里 · 时限与定时任务 Deadlines and schedules",
    (
        Panel(
            "定时任务完成 Duties done",
            "short",
            [(rate("xiangli_schedule_runs_total", "schedule", among='result="done"', window="1h"), legend("schedule"))],
        ),
        Panel(
            "定时任务失败 Duties failed",
            "short",
            [
                (
                    rate("xiangli_schedule_runs_total", "schedule", among='result="failed"', window="1h"),
                    legend("schedule"),
                )
            ],
        ),
        Panel(
            "定时任务耗时 Time of a duty",
            "s",
            [(quantile(0.95, "xiangli_schedule_seconds", "schedule"), legend("schedule"))],
        ),
        Panel(
            "等待先到的数据 Waiting for what comes first",
            "short",
            [(now("xiangli_pending_records", "noun", how="sum"), legend("noun"))],
        ),
    ),
)
IMPORTS = Dashboard(
    "imports",
    "乡里 · 导入与长任务 Imports and jobs",
    (
        Panel("正在运行 Running", "short", [(now("xiangli_jobs_running", "kind", how="sum"), legend("kind"))]),
        Panel(
            "结束 Finished",
            "short",
            [(rate("xiangli_jobs_finished_total", "kind", "status", window="1h"), legend("kind", "status"))],
        ),
        Panel(
            "被接管 Taken over", "short", [(rate("xiangli_jobs_taken_over_total", "kind", window="1h"), legend("kind"))]
        ),
        Panel(
            "部门名单的行 Rows of departments' lists",
            "short",
            [(rate("xiangli_list_rows_total", "kind", "result", window="1h"), legend("kind", "result"))],
        ),
        Panel("换钥 Rows sealed anew", "short", [(rate("xiangli_keys_resealed_rows_total", "table"), legend("table"))]),
        Panel("仍在旧密钥下 Left under other keys", "short", [(now("xiangli_keys_left", "ring"), legend("ring"))]),
    ),
)
FIGURES = Dashboard(
    "figures",
    "乡里 · 指标时效与目标 Freshness and objectives",
    (
        Panel(
            "从变动到计入 From change to figure",
            "s",
            [
                (quantile(share, "xiangli_event_to_effect_seconds", "noun"), f"p{share * 100:g} {legend('noun')}")
                for share in (0.5, 0.99)
            ],
        ),
        Panel("已无主的版本 Versions nobody owns", "short", [(now("xiangli_surplus_states", "noun"), legend("noun"))]),
        *(
            Panel(
                f"误差预算 Budget used: {one.name} {one.target:.1%}",
                "percentunit",
                [
                    (f"{recorded(one, window)}{{{CHOSEN}}} / {one.budget:g}", f"{window} {legend()}")
                    for window in ("1h", "6h")
                ],
                f"1 = 预算正好在 30 天用完。{one.chinese}。 1: the budget of 30 days is used evenly.",
            )
            for one in OBJECTIVES
        ),
        Panel("签发方公钥 Age of the issuer's keys", "s", [(now("xiangli_jwks_age_seconds"), legend())]),
        Panel(
            "被拒的令牌 Tokens refused", "short", [(rate("xiangli_tokens_refused_total", "reason"), legend("reason"))]
        ),
    ),
)
DASHBOARDS = (GOLDEN, BUS, DEADLINES, IMPORTS, FIGURES)


def files() -> Iterator[tuple[str, str]]:
    """Name and text of every file."""
    for one in DASHBOARDS:
        yield f"{one.name}.json", written(one)
