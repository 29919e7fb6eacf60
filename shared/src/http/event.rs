//! API Gateway's event, cleared of everything at which the runtime's library would panic. A panic ends the
//! process, so any odd request could cause a cold start and an alarm.

use data_encoding::BASE64;
use http::header::HOST;
use lambda_http::aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::request::LambdaRequest;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;

/// Characters that a query contains only in encoded form.
const NOT_IN_A_QUERY: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');

/// Stands in for an event that is not a request: it gets an answer, but nothing of it is read.
pub fn nothing() -> LambdaRequest {
    admit(ApiGatewayV2httpRequest::default())
}

/// Reads the event of API Gateway. Whoever invokes the function by hand may send anything else.
pub fn read(event: Value) -> Result<LambdaRequest, serde_json::Error> {
    serde_json::from_value(event).map(admit)
}

/// Keeps the meaning of body, query and path. Removes the host, which is never used.
pub fn admit(mut event: ApiGatewayV2httpRequest) -> LambdaRequest {
    event.headers.remove(HOST);
    event.request_context.domain_name = None;
    event.raw_query_string =
        event.raw_query_string.map(|query| utf8_percent_encode(&query, NOT_IN_A_QUERY).to_string());
    if let Some(path) = event.raw_path.as_mut().filter(|path| !path.starts_with('/')) {
        path.insert(0, '/');
    }
    // A body that is not base64 is read as it is, and refused later for its content.
    event.is_base64_encoded = event.is_base64_encoded
        && event.body.as_ref().is_some_and(|body| BASE64.decode(body.as_bytes()).is_ok());
    LambdaRequest::ApiGatewayV2(event)
}

#[cfg(test)]
mod tests {
    use lambda_http::{Body, Request, RequestExt};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn request(changes: Value) -> Request {
        let mut event = json!({
            "version": "2.0",
            "rawPath": "/api/orders",
            "rawQueryString": "",
            "headers": { "host": "api.example", "x-forwarded-proto": "https" },
            "requestContext": {
                "domainName": "api.example",
                "http": { "method": "POST", "path": "/api/orders" },
                "stage": "$default",
            },
            "isBase64Encoded": false,
        });
        let Value::Object(changes) = changes else { unreachable!() };
        event.as_object_mut().unwrap().extend(changes);
        Request::from(admit(serde_json::from_value(event).unwrap()))
    }

    fn token(query: &str) -> Option<String> {
        let request = request(json!({ "rawQueryString": query }));
        request.query_string_parameters_ref()?.first("token").map(str::to_owned)
    }

    #[test]
    fn a_parameter_is_read_beside_malformed_ones() {
        assert_eq!(token("token=a.b-c").as_deref(), Some("a.b-c"));
        assert_eq!(token("x=\"<>#\u{7f}\u{e4}&token=a%20b").as_deref(), Some("a b"));
        assert_eq!(token("token=\"").as_deref(), Some("\""));
        assert_eq!(token("x=%zz&token=1").as_deref(), Some("1"));
    }

    #[test]
    fn a_malformed_host_does_no_harm() {
        for host in ["", "a b", "[::1", "api.example:99999"] {
            let headers = json!({ "host": host, "x-forwarded-proto": "no scheme" });
            assert_eq!(request(json!({ "headers": headers })).uri().path(), "/api/orders");
        }
    }

    #[test]
    fn a_body_is_decoded_if_it_is_encoded() {
        for (body, read) in [("e30=", Body::Binary(b"{}".into())), ("{}", Body::Text("{}".into()))]
        {
            let request = request(json!({ "body": body, "isBase64Encoded": true }));
            assert_eq!(request.body(), &read);
        }
        assert_eq!(request(json!({ "isBase64Encoded": true })).body(), &Body::Empty);
    }

    #[test]
    fn an_event_that_is_no_request_is_recognised_and_still_answered() {
        for odd in [
            json!(null),
            json!([]),
            json!({ "headers": 5 }),
            json!({ "version": "2.0", "requestContext": [] }),
        ] {
            assert!(read(odd.clone()).is_err(), "{odd}");
        }
        assert_eq!(Request::from(nothing()).body(), &Body::Empty);
    }

    proptest! {
        #[test]
        fn no_event_makes_it_panic(path in ".{0,40}", query in ".{0,40}", host in ".{0,20}", body in ".{0,20}") {
            request(json!({
                "rawPath": path, "rawQueryString": query, "headers": { "x-odd": "1" },
                "requestContext": {
                    "domainName": host, "http": { "method": "GET" }, "stage": "$default" },
                "body": body, "isBase64Encoded": true,
            }));
        }
    }
}
