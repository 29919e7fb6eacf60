use axum::http::Method;

use super::template;
use crate::api_gateway::routes::Routes;

fn find(method: &str, path: &str) -> Option<(String, Vec<String>)> {
    let found = Routes::of(&template()).find(&Method::try_from(method).unwrap(), path)?;
    Some((found.key, found.parameters.into_values().collect()))
}

#[test]
fn a_route_is_found_by_method_and_path() {
    assert_eq!(find("POST", "/api/orders"), Some(("POST /api/orders".to_owned(), vec![])));
    let by_id = Some(("GET /api/orders/{order_id}".to_owned(), vec!["ORD_1".to_owned()]));
    assert_eq!(find("GET", "/api/orders/ORD_1"), by_id);
    assert_eq!(find("GET", "/api/orders/latest").unwrap().0, "GET /api/orders/latest");
    for (method, path) in [
        ("GET", "/api/orders"),
        ("DELETE", "/api/orders/ORD_1"),
        ("GET", "/api/orders/"),
        ("GET", "/api/orders/ORD_1/"),
        ("GET", "//api/orders/ORD_1"),
        ("GET", "/api/orders/ORD_1/../ORD_2"),
        ("GET", "/"),
    ] {
        assert_eq!(find(method, path), None, "{method} {path}");
    }
}

#[test]
fn parameters_of_the_path_are_decoded_after_the_path_was_divided() {
    assert_eq!(find("GET", "/api/orders/a%2Fb%20c").unwrap().1, ["a/b c"]);
    assert_eq!(find("GET", "/api/orders/%ff%zz").unwrap().1, ["\u{fffd}%zz"]);
    assert_eq!(find("GET", "/api/orders/..").unwrap().1, [".."]);
}
