//! What the pages of the shop and of the gateway have in common: their files, their headers, and how
//! they write money.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use url::Url;

/// A page that goes on with another build must not keep the files of this one.
pub(crate) const ASSET_CACHE: &str = "max-age=60";

/// From five digits on they are grouped, as print does it.
const GROUPED_FROM: u64 = 10_000;

/// A file that a page loads from its own origin.
#[derive(Debug)]
pub(crate) struct Asset {
    pub(crate) content_type: &'static str,
    pub(crate) body: &'static str,
}

pub(crate) const STYLE: Asset =
    Asset { content_type: "text/css; charset=utf-8", body: include_str!("../assets/site.css") };
pub(crate) const MARK: Asset =
    Asset { content_type: "image/svg+xml", body: include_str!("../assets/mark.svg") };
pub(crate) const CHECKOUT_SCRIPT: Asset = Asset {
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../assets/checkout.js"),
};
pub(crate) const SHOP_SCRIPT: Asset = Asset {
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../assets/shop.js"),
};

/// What a page may reach beside its own origin. Browsers apply `forms` to the redirect that follows a
/// form, too.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub(crate) forms: Vec<String>,
    pub(crate) calls: Vec<String>,
}

impl Reach {
    /// Headers of every page. Addresses of pages are secrets, so they are never a referrer.
    pub(crate) fn headers(&self) -> [(HeaderName, String); 4] {
        let and_own = |origins: &[String]| [&["'self'".to_owned()], origins].concat().join(" ");
        let policy = format!(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src {calls}; form-action {forms}; base-uri 'none'; frame-ancestors 'none'",
            calls = and_own(&self.calls),
            forms = and_own(&self.forms),
        );
        [
            (CONTENT_SECURITY_POLICY, policy),
            (REFERRER_POLICY, "no-referrer".to_owned()),
            (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
        ]
    }
}

/// `https://shop.example` of an address below it; nothing for an address that has no origin.
pub(crate) fn origin(url: &str) -> Option<String> {
    let origin = Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// Decimals of a currency; none where they are not known.
fn exponent(currency: &str) -> u16 {
    let currency = iso_currency::Currency::from_code(currency);
    currency.and_then(iso_currency::Currency::exponent).unwrap_or(0)
}

/// `75.00` of 7500 US cents. A currency without a known exponent is shown in whole minor units.
pub(crate) fn number(minor: u64, currency: &str) -> String {
    let exponent = exponent(currency);
    let scale = 10_u64.saturating_pow(u32::from(exponent));
    let whole = grouped(minor / scale);
    if scale == 1 {
        return whole;
    }
    format!("{whole}.{:0width$}", minor % scale, width = usize::from(exponent))
}

/// 7500 of `75.00`, `75.0` or `75`: never rounded, so more decimals than the currency has are nothing.
pub(crate) fn minor(number: &str, currency: &str) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let width = usize::from(exponent(currency));
    if whole.is_empty()
        || part.len() > width
        || !(whole.to_owned() + part).bytes().all(|it| it.is_ascii_digit())
    {
        return None;
    }
    format!("{whole}{part:0<width$}").parse().ok()
}

fn grouped(whole: u64) -> String {
    if whole < GROUPED_FROM {
        return whole.to_string();
    }
    format!("{},{:03}", grouped_part(whole / 1000), whole % 1000)
}

fn grouped_part(whole: u64) -> String {
    if whole < 1000 {
        return whole.to_string();
    }
    format!("{},{:03}", grouped_part(whole / 1000), whole % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_with_the_decimals_of_its_currency() {
        assert_eq!(number(7_505, "USD"), "75.05");
        assert_eq!(number(7_505, "JPY"), "7505");
        assert_eq!(number(7_505, "KWD"), "7.505");
        assert_eq!(number(7_505, "ZZZ"), "7505");
        assert_eq!(number(999_999_999_999, "USD"), "9,999,999,999.99");
        assert_eq!(number(12_007, "JPY"), "12,007");
        assert_eq!(number(5, "KWD"), "0.005");
    }

    #[test]
    fn an_amount_is_read_with_the_decimals_of_its_currency() {
        assert_eq!(minor("75.05", "USD"), Some(7_505));
        assert_eq!(minor("75.5", "USD"), Some(7_550));
        assert_eq!(minor("75", "KWD"), Some(75_000));
        assert_eq!(minor("75", "JPY"), Some(75));
        for wrong in ["75.0", "1,5", "-1", "+1", "1e3", " 1", "", "99999999999999999999"] {
            assert_eq!(minor(wrong, "JPY"), None, "{wrong}");
        }
        assert_eq!(minor("0.005", "USD"), None);
    }

    #[test]
    fn a_page_reaches_its_own_origin_and_what_it_must() {
        let reach = Reach { forms: vec!["https://shop.example".to_owned()], calls: Vec::new() };
        let [(_, policy), ..] = reach.headers();
        assert_eq!(
            policy,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
             connect-src 'self'; form-action 'self' https://shop.example; base-uri 'none'; \
             frame-ancestors 'none'"
        );
    }

    #[test]
    fn an_origin_is_all_that_a_policy_gets_of_an_address() {
        let hostile = "https://shop.example:8443/back?x=1; script-src *";
        assert_eq!(origin(hostile).as_deref(), Some("https://shop.example:8443"));
        assert_eq!(origin("data:text/html,x"), None);
    }
}
