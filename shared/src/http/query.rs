//! A route's query, read like a body: all mistakes are reported at once, including unknown and repeated
//! parameters, each at `?name`.

use std::fmt;

use lambda_http::{Request, RequestExt};

use super::card::{self, Place};
use super::fields::{FieldError, invalid};
use super::problem::Problem;

/// The parameters of one query. A parameter that no reader asks for is unknown.
pub struct Query {
    members: Vec<(String, String)>,
    known: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl Query {
    pub fn of(request: &Request) -> Self {
        let given = request.query_string_parameters_ref();
        let given = given.into_iter().flat_map(|members| members.iter());
        let mut members: Vec<_> =
            given.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        members.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        Self { members, known: Vec::new(), errors: Vec::new() }
    }

    /// `true` or `false`; `false` if left out.
    pub fn flag(&mut self, name: &'static str) -> bool {
        match self.text(name).as_deref() {
            Some("true") => true,
            Some("false") | None => false,
            Some(_) => {
                self.refuse(name, "must be true or false");
                false
            }
        }
    }

    /// The first value, if there are any.
    pub fn text(&mut self, name: &'static str) -> Option<String> {
        self.known.push(name);
        let mut values = self.members.iter().filter(|(given, _)| given == name);
        values.next().map(|(_, value)| value.clone())
    }

    /// All mistakes, once every parameter that the route knows has been read.
    pub fn wrong(mut self) -> Vec<FieldError> {
        let members = std::mem::take(&mut self.members);
        for same in members.chunk_by(|(a, _), (b, _)| a == b) {
            let [(name, _), repeats @ ..] = same else { continue };
            if !self.known.contains(&name.as_str()) {
                self.refuse(name, "unknown parameter");
            } else if !repeats.is_empty() {
                self.refuse(name, "must not be given more than once");
            }
        }
        self.errors
    }

    /// Every mistake at once, if there is one.
    pub fn checked(self) -> Result<(), Problem> {
        let wrong = self.wrong();
        if wrong.is_empty() { Ok(()) } else { Err(invalid(wrong)) }
    }

    /// A name that contains a card number is not repeated.
    pub fn refuse(&mut self, name: &str, detail: &str) {
        let name = if card::is_in(name, Place::Typed) { "" } else { name };
        self.errors.push(FieldError { pointer: format!("?{name}"), detail: detail.to_owned() });
    }
}

/// Leaves out the parameters, which may contain a token.
impl fmt::Debug for Query {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Query(..)")
    }
}

#[cfg(test)]
mod tests {
    use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
    use serde_json::{from_value, json};

    use super::super::event::admit;
    use super::*;

    fn query(text: &str) -> Query {
        let event = json!({
            "version": "2.0", "rawPath": "/", "rawQueryString": text, "headers": {},
            "requestContext": { "http": { "method": "GET" }, "stage": "$default" },
        });
        let event: ApiGatewayV2httpRequest = from_value(event).unwrap();
        Query::of(&Request::from(admit(event)))
    }

    fn wrong(text: &str) -> Vec<(String, String)> {
        let mut query = query(text);
        query.flag("refresh");
        query.wrong().into_iter().map(|error| (error.pointer, error.detail)).collect()
    }

    #[test]
    fn a_flag_is_true_or_false_and_nothing_else() {
        for (text, value) in [("refresh=true", true), ("refresh=false", false), ("", false)] {
            let mut query = query(text);
            assert_eq!((query.flag("refresh"), query.wrong()), (value, Vec::new()), "{text}");
        }
        for text in ["refresh=1", "refresh", "refresh=", "refresh=TRUE", "refresh=true%20"] {
            let expected = [("?refresh".to_owned(), "must be true or false".to_owned())];
            assert_eq!(wrong(text), expected, "{text}");
        }
    }

    #[test]
    fn unknown_and_repeated_members_are_reported_all_at_once() {
        let pointers = |text: &str| -> Vec<String> {
            wrong(text).into_iter().map(|(pointer, _)| pointer).collect()
        };
        assert_eq!(pointers("refresh=true&refresh=true"), ["?refresh"]);
        assert_eq!(pointers("b=1&refresh=2&a%20c=&b=3"), ["?refresh", "?a c", "?b"]);
        assert_eq!(pointers("&&"), [""; 0]);
        assert_eq!(pointers("=1"), ["?"]);
    }

    #[test]
    fn no_card_number_is_repeated() {
        let errors = format!("{:?}", wrong("4111111111111111=a&b=4111111111111111"));
        assert!(!errors.contains("4111"), "{errors}");
    }
}
