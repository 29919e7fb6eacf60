//! Laws of names.

use proptest::prelude::*;

use crate::id::{OperationId, OrderId, PaymentId, message_id};
use crate::idempotency::{Fingerprint, Key};
use crate::names::{CaptureId, GatewayRefundId, ObjectId};

fn key() -> impl Strategy<Value = Key> {
    "[!-+.-~-]{1,255}".prop_map(|text| Key::parse(&text).unwrap())
}

fn order() -> impl Strategy<Value = OrderId> {
    prop_oneof![
        key().prop_map(|key| OrderId::from_key(&key)),
        any::<[u8; 16]>().prop_map(OrderId::from_random)
    ]
}

/// Both kinds of payment ids.
fn payments(order: &OrderId, key: &Key, n: usize) -> [PaymentId; 2] {
    [PaymentId::from_key(order, key), PaymentId::from_number(order, n)]
}

fn operations(payment: &PaymentId, key: &Key, n: usize) -> [OperationId; 6] {
    let order = payment.order();
    [
        OperationId::capture_from_key(payment, key),
        OperationId::refund_from_key(payment, key),
        OperationId::capture_owed(payment, n),
        OperationId::void_of(payment, &ObjectId::new(key.as_str()), n),
        OperationId::compensation(&order, &CaptureId::new(key.as_str()), n),
        OperationId::foreign_refund(&order, &GatewayRefundId::new(key.as_str())),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_name_is_read_as_it_was_written_and_leads_to_its_order(
        order in order(), key in key(), n in 0..64_usize,
    ) {
        prop_assert_eq!(OrderId::parse(&order.to_string()), Ok(order.clone()));
        for payment in payments(&order, &key, n) {
            prop_assert_eq!(PaymentId::parse(&payment.to_string()), Ok(payment.clone()));
            prop_assert_eq!(payment.order(), order.clone());
            prop_assert!(payment.as_str().contains(&order.as_str()["ORD_".len()..]));
            for operation in operations(&payment, &key, n) {
                prop_assert_eq!(OperationId::parse(&operation.to_string()), Ok(operation.clone()));
                prop_assert_eq!(operation.order(), order.clone());
                prop_assert!(operation.as_str().len() <= 34);
            }
        }
    }

    #[test]
    fn a_name_of_another_shape_is_refused(
        order in order(), key in key(), place: prop::sample::Index, with in "[^0-9A-HJKMNP-TV-Z]",
    ) {
        let [payment, _] = payments(&order, &key, 0);
        let operation = OperationId::refund_from_key(&payment, &key);
        let is_name = |text: &str| {
            OrderId::parse(text).is_ok() || PaymentId::parse(text).is_ok() || OperationId::parse(text).is_ok()
        };
        for name in [order.as_str(), payment.as_str(), operation.as_str()] {
            prop_assert!(!is_name(&name[1..]) && !is_name(&name[..name.len() - 1]));
            let longer = [format!("{name}0"), format!(" {name}"), format!("{name} ")];
            prop_assert!(!longer.iter().any(|name| is_name(name)));
            prop_assert!(!is_name(&name.to_lowercase()));
            let mut altered = name.to_owned();
            let place = "ORD_".len() + place.index(name.len() - "ORD_".len());
            altered.replace_range(place..=place, &with);
            prop_assert!(!is_name(&altered), "{altered}");
        }
        prop_assert!(PaymentId::parse(order.as_str()).is_err() && OrderId::parse(payment.as_str()).is_err());
        let capture = OperationId::capture_from_key(&payment, &key);
        prop_assert!(OperationId::parse_refund(capture.as_str()).is_err());
    }

    #[test]
    fn one_key_gives_one_name_and_another_key_another(a in key(), b in key(), order in order()) {
        let same = a == b;
        prop_assert_eq!(OrderId::from_key(&a) == OrderId::from_key(&b), same);
        prop_assert_eq!(payments(&order, &a, 0)[0] == payments(&order, &b, 0)[0], same);
        prop_assert_eq!(a.hash("orders") == b.hash("orders"), same);
        prop_assert_ne!(a.hash("orders"), a.hash("payments"));
        prop_assert_eq!(
            message_id(&order, a.as_str()) == message_id(&order, b.as_str()), same
        );
        let [payment, _] = payments(&order, &a, 0);
        let names = operations(&payment, &a, 0);
        let distinct: std::collections::BTreeSet<_> = names.iter().collect();
        prop_assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn a_key_is_visible_ascii_without_a_comma(text in "\\PC{0,20}|[!-+.-~-]{254,258}|[ -~\t\n]{0,9}") {
        let visible = text.bytes().all(|b| (b'!'..=b'~').contains(&b) && b != b',');
        let well_formed = visible && (1..=255).contains(&text.len());
        prop_assert_eq!(Key::parse(&text).map(|key| key.as_str().to_owned()).ok(), well_formed.then_some(text));
    }

    #[test]
    fn a_fingerprint_distinguishes_routes_and_bodies(a in ".{0,8}", b in ".{0,8}", c in ".{0,8}") {
        let moved = Fingerprint::of(&format!("{a}{b}"), &c) == Fingerprint::of(&a, &format!("{b}{c}"));
        prop_assert_eq!(moved, b.is_empty());
        prop_assert_eq!(Fingerprint::of(&a, &b) == Fingerprint::of(&a, &c), b == c);
    }
}
