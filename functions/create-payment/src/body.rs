//! The body of `POST /api/payments`, and its limits.

use quittance::app::App;
use quittance::domain::attempt::{CaptureMode, Method};
use quittance::domain::id::OrderId;
use quittance::domain::money::Money;
use quittance::domain::names::GatewayName;
use quittance::http::fields::{AMOUNTS, Fields, Text};
use quittance::http::input::Input;
use quittance::http::problem::{Kind, Problem};
use quittance::operations::new_payment::NewPayment;
use url::{Host, Url};

const RETURN_URL_BYTES_MAX: usize = 2000;

const METHODS: [(&str, Method); 5] = [
    ("card", Method::Card),
    ("upi", Method::Upi),
    ("netbanking", Method::Netbanking),
    ("wallet", Method::Wallet),
    ("bank_transfer", Method::BankTransfer),
];

const MODES: [(&str, CaptureMode); 2] =
    [("automatic", CaptureMode::Automatic), ("manual", CaptureMode::Manual)];

#[derive(Debug)]
pub struct Body {
    order: String,
    amount: Money,
    gateway: Option<String>,
    method: Option<Method>,
    mode: Option<CaptureMode>,
    return_url: Option<String>,
    replace: bool,
}

pub(crate) fn payment(app: &App, input: &Input) -> Result<NewPayment, Problem> {
    let body = input.read(|body| read(body, |address| acceptable(app, address)))?;
    if body.replace {
        input.required_key()?;
    }
    // A malformed id names no order.
    let order = OrderId::parse(&body.order).map_err(|_| Problem::new(Kind::OrderNotFound))?;
    Ok(NewPayment {
        order,
        amount: body.amount,
        gateway: body.gateway.as_deref().map(GatewayName::new),
        method: body.method,
        mode: body.mode,
        return_url: body.return_url,
        replace: body.replace,
        key: input.key.clone(),
        fingerprint: input.fingerprint.clone(),
    })
}

/// Reads the body; `accept` decides whether a return address is allowed.
pub fn read(
    body: &mut Fields<'_, '_>,
    accept: impl FnOnce(&str) -> Option<String>,
) -> Option<Body> {
    let order = body.required("order_id").means("The order to pay.").string(Text::chars(64));
    let amount = body
        .required("amount")
        .means("The order's amount, in the currency's minor unit.")
        .integer(AMOUNTS);
    let currency = body.required("currency").means("The order's currency.").currency();
    let gateway = body
        .optional("gateway")
        .means("Default: the first of the stack's gateways that takes the payment.")
        .string(Text::chars(32));
    let method = body.optional("method").means("By default the shopper chooses.").word(&METHODS);
    let mode = body
        .optional("capture")
        .means("`manual` reserves the money to be captured later. Default `automatic`.")
        .word(&MODES);
    let return_url = body
        .optional("return_url")
        .means("Where the gateway sends the shopper afterwards;")
        .address(
            RETURN_URL_BYTES_MAX,
            "must be an https URL of at most 2000 bytes with an allowed origin",
            accept,
        );
    let replace = body
        .optional("replace")
        .means("Ends the live attempt first, so that another can begin. Default `false`.")
        .boolean()
        .unwrap_or(false);
    Some(Body {
        order: order?,
        amount: Money::new(amount?, currency?),
        gateway,
        method,
        mode,
        return_url,
        replace,
    })
}

/// The shopper's browser is sent only to an origin that the merchant has listed.
fn acceptable(app: &App, text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let loopback = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    let secure =
        url.scheme() == "https" || (url.scheme() == "http" && loopback && app.config.dev_stack);
    let plain = url.username().is_empty() && url.password().is_none();
    let origin = url.origin().ascii_serialization();
    let listed = app.config.return_origins.contains(&origin);
    (secure && plain && listed).then(|| url.into())
}
