//! Everything can be done by keyboard, and the focus is always visible.

use fantoccini::key::Key;
use serde_json::json;

use crate::visit::Visit;

/// More stops than any page has.
const STOPS_MAX: usize = 60;

/// The focused element, and whether its focus is visible: by an outline of its own or of its label.
const FOCUS: &str = "
    const it = document.activeElement;
    const seen = [it, it.nextElementSibling].some((at) => at && (at === it || at.matches('label'))
        && getComputedStyle(at).outlineStyle !== 'none' && getComputedStyle(at).outlineWidth !== '0px');
    return { id: it.id, text: it.textContent.trim(), name: it.getAttribute('aria-label') ?? '', seen };";

async fn press(visit: &Visit, key: Key) {
    let focus = visit.client.active_element().await.unwrap();
    focus.send_keys(&String::from(char::from(key))).await.unwrap();
}

/// Presses Tab until the wanted element has the focus.
async fn tab_to(visit: &Visit, wanted: &str) {
    for _ in 0..STOPS_MAX {
        press(visit, Key::Tab).await;
        let focus = visit.run(FOCUS).await;
        assert_eq!(focus["seen"], true, "{focus}");
        if [&focus["id"], &focus["name"], &focus["text"]].contains(&&json!(wanted)) {
            return;
        }
    }
    panic!("{wanted} cannot be reached by keyboard at {}", visit.address().await);
}

#[tokio::test]
async fn a_payment_by_keyboard_alone() {
    let Some(visit) = Visit::begin().await else { return };
    visit.in_currency("INR").await;
    tab_to(&visit, "Skip to content").await;
    press(&visit, Key::Enter).await;
    assert_eq!(visit.run("return document.activeElement.id").await, "main");
    tab_to(&visit, "Add to cart: Enamel mug").await;
    press(&visit, Key::Enter).await;
    visit.find("form[action='/checkout']").await;
    tab_to(&visit, "Check out").await;
    press(&visit, Key::Enter).await;
    visit.until_checkout("pay", "pending").await;
    tab_to(&visit, "method-card").await;
    press(&visit, Key::Right).await;
    assert_eq!(visit.run("return document.activeElement.id").await, "method-upi");
    tab_to(&visit, "upi-id").await;
    tab_to(&visit, "outcome-approve").await;
    tab_to(&visit, "Pay 3,120.00 INR").await;
    press(&visit, Key::Enter).await;
    visit.until_order("paid").await;
    assert_eq!(visit.stack.all_truth().await[0]["method"], "upi");
    visit.end().await;
}
