"""What holds for every operation of every service: the `info.description` of the OpenAPI documents (CommonMark)."""

CONVENTIONS = """\
**通用约定。** 以下适用于每个接口。

**登录**：`Authorization: Bearer <令牌>`，由县登录服务（OpenID Connect）签发。能做什么，由令牌中的授权（岗位和区域）\
决定；授权之外的内容，与不存在的内容答复相同（404）。

**重复提交**：POST 带上自拟的 `Idempotency-Key` 后可以放心重发（例如超时之后）：只办一次，七天内答复逐字节相同。\
同一键、不同内容，拒绝（422 `idempotency_key_reused`）；前一次仍在办理，答 409 `request_in_flight`，\
并给出 `Retry-After`。

**读到自己写的内容**：写入的应答带 `Xiangli-Position`；查询时（包括查询其他服务时）以 `min_position` 传入，\
会等待该变更到位，最多五秒，仍未到位则答 503 `not_yet`。

**并发**：一个进程同时处理同一调用者的 64 个请求（429 `too_many_at_once`）；请求头、正文和同一连接上的下一个请求\
都有等待时限（408，或断开连接）。

**大小**：正文大小以接口的 `x-max-body-bytes` 为限（413 `payload_too_large`）。

**版本**：`ETag` 是所见内容的版本；`If-Match` 使修改以它为条件（412、428）；`If-None-Match` 可免去重复传输（304）。\
标有 `x-public` 的接口和 `syncPersons`，应答较大且请求带 `Accept-Encoding: gzip` 的，\
压缩传输（此时版本为弱标记 `W/…`）。

**列表**：每页最多 `limit` 条（200），下一页以 `next_cursor` 作为 `cursor` 取得；一个标记只适用于一个接口。

**拒绝**：`application/problem+json`（RFC 9457）。程序按 `code` 判断；`title`（哪里不对）和 `advice`（接下来怎么办）\
给人看。不回显输入内容；未定义的字段和查询参数一律拒绝。每个接口可能的代码列在 `x-problem-codes`。

**代码**：代码字段的取值和中文名称在各服务的 `/code-lists`。

**日期和坐标**：日期为中国时区的 `YYYY-MM-DD`，时间带 `+08:00`；起止区间不含最后一天。坐标为 WGS 84 经纬度。

网址中不得出现个人信息。`X-Request-Id`（UUID）沿用调用者给出的；支持 `traceparent`（W3C）。

Rules of every operation.

**Login 登录.** `Authorization: Bearer <token>`, an access token of the county's OpenID Connect issuer. What a
caller may do follows from the grants in the token: role and area. What lies outside them is answered like what
does not exist: 404.

**Repeating 幂等.** A POST with an `Idempotency-Key` of the caller's own may be sent again, after a time-out for
instance: it happens once, and the same answer comes back byte for byte, for seven days. The same key with
another body is refused (422 `idempotency_key_reused`); while the first is still being handled the answer is 409
`request_in_flight` with `Retry-After`.

**Reading what was written 读己之写.** A write answers with `Xiangli-Position`. Passed as `min_position` to a
read, also of another service, it makes that read wait up to five seconds until the change has arrived there;
then 503 `not_yet` with `Retry-After`. So is answered, too, what builds on something that another service has
announced and this one has not yet heard of: send it again.

**At once 并发.** A process answers 64 requests of one caller at a time (429 `too_many_at_once`). Headers, bodies
and the next request on a connection are waited for a stated time only (408, or the connection ends).

**Size 大小.** A body has at most the bytes that its operation's `x-max-body-bytes` says: what is larger is
refused before it is read (413 `payload_too_large`, the limit in `detail`). Many things at once go through the
operations for many.

**Versions 版本.** `ETag` names the version shown. `If-Match` makes a change conditional on it (412, 428);
`*` stands for any version, a list for one of those it names, a weak tag (`W/…`) for none (RFC 9110).
`If-None-Match` saves the body of what is known (304). Large answers of operations with `x-public` and of
`syncPersons` are compressed for whoever sends `Accept-Encoding: gzip` (the tag is weak then); others never are.

**Lists 列表.** At most `limit` rows (200), then `next_cursor`, which is passed as `cursor`. A cursor is good
for one operation.

**Refusals 拒绝.** `application/problem+json` (RFC 9457). Programs decide by `code`; `title` (what is wrong)
and `advice` (what to do next) are Chinese, for people. Nothing of the input is repeated. Unknown fields and query
parameters are refused. Each operation lists its codes in `x-problem-codes`.

**Codes 代码.** What a coded field may hold, with Chinese names, stands under `/code-lists` of its service.

**Dates.** Days are `YYYY-MM-DD` in China; times carry `+08:00`. Spans end on the day after the last. Points are WGS 84.

Personal data never stands in a URL. `X-Request-Id`, a UUID, is taken over from the request if it is one.
`traceparent` (W3C) is understood.
"""
