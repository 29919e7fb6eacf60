//! The hosted page as HTML: plain forms, no script, every foreign word escaped.

use super::page::Next;
use super::payment::{Method, Payment, Status};

const STYLE: &str = "\
body{font:1rem/1.5 system-ui,sans-serif;color:#1d2433;background:#f3f4f7;margin:0}\
main{max-width:26rem;margin:2rem auto;padding:1.5rem;background:#fff;border-radius:.75rem}\
h1{font-size:1.25rem;margin:0 0 .25rem}\
fieldset{border:1px solid #c9cfdb;border-radius:.5rem;margin:1rem 0}\
label{display:block;padding:.25rem 0}\
button{font:inherit;width:100%;padding:.65rem;margin:.25rem 0;border-radius:.5rem;\
border:1px solid #5b6478;background:#fff;cursor:pointer}\
button[value=approve]{background:#1b4fd8;border-color:#1b4fd8;color:#fff}\
.amount{font-size:1.75rem;font-weight:600;margin:0}\
.notice{background:#fdecec;padding:.5rem .75rem;border-radius:.5rem}\
small{color:#5b6478}";

/// `reserves`: the gateway can authorize without capturing.
pub(super) fn checkout(payment: &Payment, reserves: bool) -> String {
    let amount = payment.captured.as_ref().map_or(payment.amount, |capture| capture.amount);
    let amount = escape(&payment.currency_now().display(amount));
    let (title, body) = match payment.next() {
        Next::Pay => ("Pay", pay(payment, &amount, reserves)),
        Next::Confirm => ("Confirm the payment", confirm()),
        Next::Wait => ("Waiting for your bank", "<p>This takes a few seconds.</p>".to_owned()),
        Next::Done => ending(payment),
    };
    // Without a script the page asks again by itself while a bank is being waited for.
    let refresh = match payment.next() {
        Next::Wait => "<meta http-equiv=\"refresh\" content=\"2\">",
        Next::Pay | Next::Confirm | Next::Done => "",
    };
    let reference = escape(&payment.reference);
    let heading = format!(
        "<h1>{title}</h1><p class=\"amount\">{amount}</p><small>Payment {reference}</small>"
    );
    document(title, refresh, &format!("{heading}{body}"))
}

pub(super) fn refused(message: &str) -> String {
    document("Not possible", "", &format!("<h1>Not possible</h1><p>{}</p>", escape(message)))
}

fn pay(payment: &Payment, amount: &str, reserves: bool) -> String {
    let notice = payment.failure.as_ref().map_or_else(String::new, |failure| {
        let message = escape(&failure.message);
        format!("<p class=\"notice\" role=\"alert\">{message} You can try again.</p>")
    });
    let chosen = payment.method.unwrap_or(Method::Card);
    let methods: String = Method::ALL.into_iter().map(|one| radio(one, one == chosen)).collect();
    let endings: String = [
        ("decline_retryable", "Fail this try"),
        ("decline", "Decline for good"),
        ("pending", "Let the bank take its time"),
        ("challenge", "Ask for one more confirmation"),
        ("authorize", "Only reserve the money"),
    ]
    .into_iter()
    .filter(|(outcome, _)| reserves || *outcome != "authorize")
    .map(|(outcome, label)| button(outcome, label))
    .collect();
    format!(
        "{notice}<form method=\"post\">\
         <fieldset><legend>How do you want to pay?</legend>{methods}</fieldset>\
         {}<details><summary>Other endings</summary>{endings}</details></form>\
         <p><small>A sandbox: no money moves and no card number is asked for.</small></p>",
        button("approve", &format!("Pay {amount}")),
    )
}

fn confirm() -> String {
    format!(
        "<p>Your bank asks whether this is you.</p><form method=\"post\">{}{}</form>",
        button("approve", "It is me: pay"),
        button("decline", "It is not me: decline"),
    )
}

fn ending(payment: &Payment) -> (&'static str, String) {
    let (title, sentence) = match payment.status {
        Status::Captured => ("Paid", "Thank you. The payment is complete."),
        Status::Authorized => ("Authorized", "Thank you. The money is reserved."),
        Status::Failed => ("Declined", "The bank declined the payment. Nothing was taken."),
        Status::Canceled => ("Canceled", "The shop canceled this payment. Nothing was taken."),
        Status::Expired => ("Expired", "The time to pay is over. Nothing was taken."),
        Status::Pending => ("Pending", "The payment is not finished."),
    };
    let back = payment.return_url.as_deref().map_or_else(String::new, |url| {
        format!("<p><a href=\"{}\">Back to the shop</a></p>", escape(url))
    });
    (title, format!("<p role=\"status\">{sentence}</p>{back}"))
}

fn radio(method: Method, checked: bool) -> String {
    let (word, label) = (method.word(), method.label());
    let checked = if checked { " checked" } else { "" };
    format!(
        "<label><input type=\"radio\" name=\"method\" value=\"{word}\"{checked}> {label}</label>"
    )
}

fn button(outcome: &str, label: &str) -> String {
    format!("<button name=\"outcome\" value=\"{outcome}\">{label}</button>")
}

fn document(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">{head}\
         <title>{title}</title><style>{STYLE}</style></head>\
         <body><main>{body}</main></body></html>\n"
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            plain => escaped.push(plain),
        }
    }
    escaped
}
