//! What the pages of the shop and of the gateway share: their files, their headers, and how they write money
//! and times.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use time::{OffsetDateTime, UtcOffset};
use url::Url;

/// Short, because a page that is reloaded under another build must not keep the files of this one.
pub(crate) const ASSET_CACHE: &str = "max-age=60";

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
/// The gateway is a different party from the shop, and looks different.
pub(crate) const GATEWAY_MARK: Asset =
    Asset { content_type: "image/svg+xml", body: include_str!("../assets/gateway-mark.svg") };
pub(crate) const CHECKOUT_SCRIPT: Asset = Asset {
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../assets/checkout.js"),
};
pub(crate) const SHOP_SCRIPT: Asset = Asset {
    content_type: "text/javascript; charset=utf-8",
    body: include_str!("../assets/shop.js"),
};

/// The origins that a page may reach besides its own. Browsers apply `forms` also to the redirect that
/// follows a form.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    pub(crate) forms: Vec<String>,
    pub(crate) calls: Vec<String>,
}

impl Reach {
    /// Headers of every page. Addresses of pages are secrets, so no other origin gets them as a referrer.
    /// (Our own does: without a referrer, browsers send no origin with our own forms either.)
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
            (REFERRER_POLICY, "same-origin".to_owned()),
            (X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            (CACHE_CONTROL, "no-store".to_owned()),
        ]
    }
}

/// The origin of an address, such as `https://shop.example`; `None` if it has none.
pub(crate) fn origin(url: &str) -> Option<String> {
    let origin = Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

/// The decimals of a currency; 0 if they are not known.
fn exponent(currency: &str) -> u16 {
    let currency = iso_currency::Currency::from_code(currency);
    currency.and_then(iso_currency::Currency::exponent).unwrap_or(0)
}

/// `75.00` for 7500 US cents. A currency without a known exponent is shown in whole minor units.
pub(crate) fn number(minor: u64, currency: &str) -> String {
    let exponent = exponent(currency);
    let scale = 10_u64.saturating_pow(u32::from(exponent));
    let whole = grouped(minor / scale);
    if scale == 1 {
        return whole;
    }
    format!("{whole}.{:0width$}", minor % scale, width = usize::from(exponent))
}

/// 7500 for `75.00`, `75.0` or `75`, with or without thousands separators. Nothing is rounded: more decimals
/// than the currency has give `None`.
pub(crate) fn minor(number: &str, currency: &str) -> Option<u64> {
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let width = usize::from(exponent(currency));
    let whole = ungrouped(whole)?;
    if part.len() > width || !part.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    format!("{whole}{part:0<width$}").parse().ok()
}

/// Digits without their commas. `93,200` and the Indian `9,32,000` are groups; `1,5` is somebody's
/// decimal comma, and must not become fifteen.
fn ungrouped(whole: &str) -> Option<String> {
    let groups: Vec<&str> = whole.split(',').collect();
    let last = groups.len() - 1;
    let fits = |(at, group): (usize, &&str)| match at {
        0 if last == 0 => !group.is_empty(),
        0 => (1..=3).contains(&group.len()),
        at if at == last => group.len() == 3,
        _ => (2..=3).contains(&group.len()),
    };
    let digits = groups.concat();
    let sound = groups.iter().enumerate().all(fits) && digits.bytes().all(|it| it.is_ascii_digit());
    sound.then_some(digits)
}

/// `20 Nov 2026, 09:00:05` in UTC; the page itself says that it is UTC.
pub(crate) fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    // Every month's name has at least three letters.
    let month: String = at.month().to_string().chars().take(3).collect();
    let (hour, minute, second) = at.to_hms();
    format!("{} {month} {}, {hour:02}:{minute:02}:{second:02}", at.day(), at.year())
}

fn grouped(whole: u64) -> String {
    if whole < 1000 {
        return whole.to_string();
    }
    format!("{},{:03}", grouped(whole / 1000), whole % 1000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_with_the_decimals_of_its_currency() {
        assert_eq!(number(7_505, "USD"), "75.05");
        assert_eq!(number(7_505, "JPY"), "7,505");
        assert_eq!(number(7_505, "KWD"), "7.505");
        assert_eq!(number(7_505, "ZZZ"), "7,505");
        assert_eq!(number(999_999_999_999, "USD"), "9,999,999,999.99");
        assert_eq!(number(12_007, "JPY"), "12,007");
        assert_eq!(number(5, "KWD"), "0.005");
    }

    #[test]
    fn a_moment_is_shown_with_its_date() {
        let at = |seconds| moment(OffsetDateTime::from_unix_timestamp(seconds).unwrap());
        assert_eq!(at(1_795_222_605), "21 Nov 2026, 00:56:45");
        assert_eq!(at(1_772_500_209), "3 Mar 2026, 01:10:09");
    }

    #[test]
    fn an_amount_is_read_with_the_decimals_of_its_currency() {
        assert_eq!(minor("75.05", "USD"), Some(7_505));
        assert_eq!(minor("75.5", "USD"), Some(7_550));
        assert_eq!(minor("75", "KWD"), Some(75_000));
        assert_eq!(minor("75", "JPY"), Some(75));
        assert_eq!(minor("93,200.00", "INR"), Some(9_320_000));
        assert_eq!(minor("9,32,000", "INR"), Some(93_200_000));
        let commas = ["1,5", "1,50", ",500", "1,,500", "1000,000", "1,500,", "1,5.00"];
        let others = ["75.0", "-1", "+1", "1e3", " 1", "", "99999999999999999999"];
        for wrong in commas.into_iter().chain(others) {
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
    fn a_policy_names_only_the_origin_of_an_address() {
        let hostile = "https://shop.example:8443/back?x=1; script-src *";
        assert_eq!(origin(hostile).as_deref(), Some("https://shop.example:8443"));
        assert_eq!(origin("data:text/html,x"), None);
    }
}
