"""What holds for every operation of every service: the `info.description` of the OpenAPI documents (CommonMark)."""

CONVENTIONS = """\
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
`If-None-Match` saves the body of what is known (304).

**Lists 列表.** At most `limit` rows (200), then `next_cursor`, which is passed as `cursor`. A cursor is good
for one operation.

**Refusals 拒绝.** `application/problem+json` (RFC 9457). Programs decide by `code`; `title` (what is wrong)
and `advice` (what to do next) are Chinese, for people. Nothing of the input is repeated. Unknown fields and query
parameters are refused. Each operation lists its codes in `x-problem-codes`.

**Codes 代码.** What a coded field may hold, with Chinese names, stands under `/code-lists` of its service.

**Dates.** Days are `YYYY-MM-DD` in China; times carry `+08:00`. Spans end on the day after the last.

Personal data never stands in a URL. `X-Request-Id`, a UUID, is taken over from the request if it is one.
`traceparent` (W3C) is understood.
"""
