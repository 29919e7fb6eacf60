//! What the stack prints for the person or the program that started it.

use std::io::Write;

use serde::Serialize;

use crate::seeds::LOCAL_API_KEY;

/// The address of every part.
#[derive(Debug, Clone, Serialize)]
pub struct Addresses {
    pub api: String,
    pub sandbox: String,
    pub dynamodb: String,
    pub sqs: String,
    pub secrets_manager: String,
    pub shop: String,
}

/// The line for machines.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    addresses: &'a Addresses,
    api_key: &'a str,
    region: &'a str,
    pid: u32,
}

impl Addresses {
    /// One line of JSON.
    pub(crate) fn json(&self) -> String {
        let line = Line {
            addresses: self,
            api_key: LOCAL_API_KEY,
            region: crate::aws::REGION,
            pid: std::process::id(),
        };
        serde_json::to_string(&line).unwrap_or_default() + "\n"
    }

    /// For people: `ready` comes first, since scripts wait for it.
    pub(crate) fn text(&self, ahead_seconds: i64) -> String {
        let Self { api, sandbox, dynamodb, sqs, secrets_manager, shop } = self;
        let checkout = self.curl();
        let clock = match ahead_seconds {
            0 => String::new(),
            ahead => format!("clock            {ahead} s ahead\n"),
        };
        format!(
            "ready {api}\n\
             \n\
             API key          {LOCAL_API_KEY}\n\
             API reference    {api}/docs\n\
             demo shop        {shop}\n\
             sandbox gateway  {sandbox}\n\
             DynamoDB         {dynamodb}\n\
             SQS              {sqs}\n\
             Secrets Manager  {secrets_manager}\n\
             {clock}\
             \n\
             Create an order and its payment (open the checkout_url in the response to pay):\n\
             \n\
             {checkout}\n\
             \n"
        )
    }

    /// Places an order and starts its payment: the second request is made from the first answer.
    fn curl(&self) -> String {
        let call = |path: &str, data: &str| {
            format!(
                "curl -s {}{path} -H 'Authorization: Bearer {LOCAL_API_KEY}' \
                 -H 'Content-Type: application/json' -d {data}",
                self.api
            )
        };
        let order = "'{\"items\":[{\"product_id\":\"SKU_1001\",\"quantity\":2}],\
                     \"total_amount\":7500,\"currency\":\"USD\"}'";
        let payment = "sed 's/.*\"order_id\":\"\\([^\"]*\\)\".*/{\"order_id\":\"\\1\",\
                       \"amount\":7500,\"currency\":\"USD\"}/'";
        format!("{} | {payment} | {}", call("/api/orders", order), call("/api/payments", "@-"))
    }
}

/// A reader that has gone away is no reason to stop.
pub(crate) fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

#[cfg(test)]
mod tests {
    use super::Addresses;

    #[test]
    fn a_clock_that_was_moved_is_shown() {
        let addresses = ["api", "sandbox", "dynamodb", "sqs", "secrets", "shop"].map(str::to_owned);
        let [api, sandbox, dynamodb, sqs, secrets_manager, shop] = addresses;
        let addresses = Addresses { api, sandbox, dynamodb, sqs, secrets_manager, shop };
        let has_clock =
            |ahead| addresses.text(ahead).lines().any(|line| line.starts_with("clock "));
        assert!(!has_clock(0));
        assert!(addresses.text(90_000).contains("\nclock            90000 s ahead\n"));
    }
}
