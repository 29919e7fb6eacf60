//! The URL to which confirmations are posted, and error texts for one that cannot be used.

use url::Url;

/// Why a URL cannot be used. Never repeats the URL, which may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.why())]
pub enum NoDeliveryUrl {
    NotWhole,
    Scheme,
    Credentials,
    Fragment,
}

impl NoDeliveryUrl {
    /// The text that follows the name of the setting.
    pub fn why(self) -> &'static str {
        match self {
            Self::NotWhole => "is not a complete URL, such as https://shop.example/webhooks",
            Self::Scheme => "must begin with https:// (with http:// on the dev stack only)",
            Self::Credentials => {
                "has a user name or password: remove them, as a confirmation is authenticated by its \
                 signature"
            }
            Self::Fragment => "has a # part, which is never sent: remove it",
        }
    }
}

/// HTTPS; plain HTTP only in the dev stack.
pub fn parse(text: &str, dev_stack: bool) -> Result<Url, NoDeliveryUrl> {
    let url = Url::parse(text.trim()).map_err(|_| NoDeliveryUrl::NotWhole)?;
    let web = url.scheme() == "https" || (dev_stack && url.scheme() == "http");
    if !url.has_host() {
        // `localhost:8000/hook` parses as a URL with the scheme `localhost`.
        Err(NoDeliveryUrl::NotWhole)
    } else if !web {
        Err(NoDeliveryUrl::Scheme)
    } else if !url.username().is_empty() || url.password().is_some() {
        Err(NoDeliveryUrl::Credentials)
    } else if url.fragment().is_some() {
        Err(NoDeliveryUrl::Fragment)
    } else {
        Ok(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_would_not_be_used_as_it_stands_is_refused() {
        let cases = [
            ("nope", NoDeliveryUrl::NotWhole),
            ("", NoDeliveryUrl::NotWhole),
            ("/webhooks", NoDeliveryUrl::NotWhole),
            ("localhost:8000/hook", NoDeliveryUrl::NotWhole),
            ("https://", NoDeliveryUrl::NotWhole),
            ("http://shop.example/hook", NoDeliveryUrl::Scheme),
            ("ftp://shop.example/hook", NoDeliveryUrl::Scheme),
            ("https://user:hush@shop.example/hook", NoDeliveryUrl::Credentials),
            ("https://user@shop.example/hook", NoDeliveryUrl::Credentials),
            ("https://:hush@shop.example/hook", NoDeliveryUrl::Credentials),
            ("https://shop.example/hook#part", NoDeliveryUrl::Fragment),
            ("https://shop.example/hook#", NoDeliveryUrl::Fragment),
        ];
        for (text, why) in cases {
            assert_eq!(parse(text, false), Err(why), "{text}");
        }
        for text in
            ["https://shop.example", "https://shop.example:8443/a?b=c@d", " https://a.example "]
        {
            assert!(parse(text, false).is_ok(), "{text}");
        }
        assert!(parse("http://127.0.0.1:8000/hook", true).is_ok());
        assert_eq!(parse("http://u:p@127.0.0.1/hook", true), Err(NoDeliveryUrl::Credentials));
    }
}
