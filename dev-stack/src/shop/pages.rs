//! The shop's pages, plain on purpose.

use serde_json::json;

use super::catalogue::{CATALOGUE, CURRENCY, Product, QUANTITY_MAX, price};
use super::checkout::{Status, Visit};
use super::inbox::Confirmation;

/// How often the return page asks for the status, in milliseconds and, without scripts, in seconds.
const POLL_EVERY_MS: u64 = 1_000;
const REFRESH_EVERY_S: u64 = 2;

pub(super) fn home() -> String {
    let products: Vec<String> = CATALOGUE.iter().map(form).collect();
    let products = products.concat();
    layout("Shop", "", &format!("{products}<p><a href=\"/inbox\">Confirmations received</a></p>"))
}

fn form(product: &Product) -> String {
    format!(
        "<form method=\"post\" action=\"/buy\"><p><b>{name}</b> {price} {CURRENCY} \
         <input type=\"hidden\" name=\"product_id\" value=\"{id}\">\
         <label>Quantity <input type=\"number\" name=\"quantity\" value=\"1\" min=\"1\" \
         max=\"{QUANTITY_MAX}\"></label> <button>Buy</button></p></form>\n",
        name = escaped(product.name),
        price = price(product.price),
        id = escaped(product.id),
    )
}

/// The page to which the gateway sends the shopper back.
pub(super) fn returned(api_url: &str, visit: &Visit, status: Status) -> String {
    let said = match status {
        Status::Waiting => "Waiting for your payment…",
        Status::Paid => "Paid. Thank you!",
        Status::Declined => "The payment was declined. Nothing was taken.",
    };
    let order = escaped(&visit.order_id);
    let body = format!(
        "<p role=\"status\" data-status=\"{word}\">{said}</p><p>Order {order}</p>\
         <p><a href=\"/\">Back to the shop</a></p>",
        word = status.word(),
    );
    match status {
        Status::Waiting => {
            let refresh = format!(
                "<noscript><meta http-equiv=\"refresh\" content=\"{REFRESH_EVERY_S}\"></noscript>"
            );
            layout("Your payment", &refresh, &format!("{body}{}", poll(api_url, visit)))
        }
        Status::Paid | Status::Declined => layout("Your payment", "", &body),
    }
}

/// Asks until there is something new to say, then lets the server say it.
fn poll(api_url: &str, visit: &Visit) -> String {
    let path = format!("{api_url}/api/payments/{}", visit.payment_id);
    let mut url = url::Url::parse(&path).ok();
    if let Some(url) = &mut url {
        url.query_pairs_mut().append_pair("token", &visit.status_token);
    }
    // No angle bracket of the data can end the script.
    let url = json!(url.map(String::from)).to_string().replace('<', "\\u003c");
    format!(
        "<script>\n\
         const url = {url};\n\
         const waiting = [\"pending\", \"authorized\", \"review\"];\n\
         async function ask() {{\n\
         \x20 try {{\n\
         \x20   const answer = await fetch(url, {{ cache: \"no-store\" }});\n\
         \x20   if (answer.ok && !waiting.includes((await answer.json()).status)) {{\n\
         \x20     location.reload();\n\
         \x20     return;\n\
         \x20   }}\n\
         \x20 }} catch {{ /* the network comes and goes: ask again */ }}\n\
         \x20 setTimeout(ask, {POLL_EVERY_MS});\n\
         }}\n\
         setTimeout(ask, {POLL_EVERY_MS});\n\
         </script>"
    )
}

pub(super) fn inbox(confirmations: &[Confirmation]) -> String {
    let rows: Vec<String> = confirmations.iter().map(row).collect();
    let rows = rows.concat();
    let head = "<tr><th>Received</th><th>Type</th><th>Id</th><th>Times</th><th>Body</th></tr>";
    layout("Confirmations", "", &format!("<table border=\"1\">{head}\n{rows}</table>"))
}

fn row(confirmation: &Confirmation) -> String {
    format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td><code>{}</code></td></tr>\n",
        escaped(&confirmation.received_at),
        escaped(&confirmation.kind),
        escaped(&confirmation.webhook_id),
        confirmation.count,
        escaped(&confirmation.body.to_string()),
    )
}

pub(super) fn problem(what: &str) -> String {
    let what = escaped(what);
    let body = format!("<p role=\"alert\">{what}</p><p><a href=\"/\">Back to the shop</a></p>");
    layout("That did not work", "", &body)
}

fn layout(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title>{head}</head>\n<body><main><h1>{title}</h1>\n{body}</main></body></html>\n"
    )
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
