//! Renders `docs/problems.md` from the table of kinds.

use std::fmt::Write;

use super::Kind;

const INTRODUCTION: &str = "\
# Problems

Every error response of Quittance is `application/problem+json` (RFC 9457):

```json
{\"type\":\"/problems/order-not-found\",\"title\":\"No such order\",\"status\":404,
 \"detail\":\"There is no order with this id.\",\"instance\":\"<request id>\"}
```

Identify problems by `type`; titles and details are for people. `instance` is the request's id: search the
log for it. Some problems have more fields, listed below. A body with a 5xx status does not say what
failed: that is in the log.

This file is generated from the table in `shared/src/http/problem/`; a test keeps the two equal.
";

const GATEWAY_ANSWERS_BEFORE: &str = "
## Responses of API Gateway itself

They come before or instead of a function's: `application/json` with one field, `{\"message\":\"…\"}`, and
no `type`. The dev stack imitates them.

| status | message | when | what to do |
|---|---|---|---|
";

const GATEWAY_ANSWERS_AFTER: &str = "
After a 500 or a 503 the request may have been carried out. Repeat it with the same `Idempotency-Key` to find
out without charging twice.
";

/// API Gateway's own responses: status, message, when, what to do.
pub const GATEWAY_ANSWERS: [(u16, &str, &str, &str); 7] = [
    (400, "Bad Request", "the request is not HTTP that can be passed on", "correct the headers"),
    (404, "Not Found", "no route has this method and path", "correct the method or the path"),
    (413, "Request Entity Too Large", "the request is over 10 MB", "send less"),
    (429, "Too Many Requests", "the stage is throttled", "wait, then repeat with the same key"),
    (
        431,
        "Request Header Fields Too Large",
        "request line and header values are over 10 240 bytes together",
        "send fewer or shorter headers",
    ),
    (
        500,
        "Internal Server Error",
        "the function failed without an answer",
        "repeat with the same key",
    ),
    (503, "Service Unavailable", "no answer within 30 s", "repeat with the same key"),
];

/// The text of `docs/problems.md`.
pub fn document() -> String {
    let mut text = INTRODUCTION.to_owned();
    for kind in Kind::ALL {
        let (slug, status, title) = (kind.slug(), kind.status().as_u16(), kind.title());
        let (when, remedy) = (kind.when(), kind.remedy());
        // Writing to a `String` cannot fail.
        let _ = write!(
            text,
            "\n## {slug}\n\n{status} · {title}\n\n**When.** {when}\n\n**What to do.** {remedy}\n"
        );
        let members: Vec<String> = kind
            .members()
            .iter()
            .map(|(member, always)| {
                let where_known = if *always { "" } else { ", if known" };
                format!("`{}`{where_known}", member.name())
            })
            .collect();
        if !members.is_empty() {
            let _ = write!(text, "\n**More fields.** {}.\n", members.join("; "));
        }
        if let Some(seconds) = kind.retry_after() {
            let _ = write!(
                text,
                "\n**Retry-After.** {seconds} s, unless the response says otherwise.\n"
            );
        }
    }
    text += GATEWAY_ANSWERS_BEFORE;
    for (status, message, when, remedy) in GATEWAY_ANSWERS {
        let _ = writeln!(text, "| {status} | `{message}` | {when} | {remedy} |");
    }
    text + GATEWAY_ANSWERS_AFTER
}
