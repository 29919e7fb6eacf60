//! Realistic carts: discounts, shipping, fees, taxes and gifts, and a shopper who changes the cart and
//! returns tomorrow.

use e2e::{Answer, Stack, order_body};
use serde_json::{Value, json};

use crate::STACK;

const TOMORROW: i64 = 86_400 + 60;

fn cart() -> Value {
    json!({
        "currency": "USD", "total_amount": 6700, "reference": "8731",
        "items": [
            { "product_id": "SKU_1001", "name": "Enamel mug", "quantity": 2, "unit_amount": 3750,
              "discount_amount": 500 },
            { "product_id": "GIFT_1", "name": "Sticker", "quantity": 1, "unit_amount": 0 },
        ],
        "discounts": [{ "name": "SPRING10", "amount": 800 }],
        "shipping": { "name": "DHL", "amount": 495 },
        "fees": [{ "name": "Gift wrap", "amount": 5 }],
        "taxes": [{ "name": "VAT", "rate": "19", "amount": 1069 }],
        "tax_included": true,
    })
}

#[tokio::test]
async fn a_cart_is_answered_as_it_was_sent_and_summed_up() {
    let stack = Stack::start(STACK).await;
    let placed = stack.post_with_key("/api/orders", "cart-1-v1", &cart()).await.expect(201);
    let order = placed.word("order_id").to_owned();
    let read = stack.get(&format!("/api/orders/{order}")).await.expect(200);
    for answer in [&placed, &read] {
        for (name, sent) in cart().as_object().unwrap() {
            assert_eq!(&answer.body[name], sent, "{name}");
        }
        let amounts =
            json!({ "items": 7000, "discounts": 800, "shipping": 495, "fees": 5, "taxes": 1069 });
        assert_eq!(answer.body["amounts"], amounts);
    }
    let empty = json!({ "discounts": [], "fees": [], "taxes": [], "tax_included": false });
    let mut bare = cart();
    bare.as_object_mut().unwrap().extend(empty.as_object().unwrap().clone());
    bare["items"][0]["discount_amount"] = json!(0);
    bare["total_amount"] = json!(7995);
    let answer = stack.post("/api/orders", &bare).await.expect(201);
    for (name, sent) in bare.as_object().unwrap() {
        assert_eq!(&answer.body[name], sent, "{name}");
    }
    let repeated = stack.post_with_key("/api/orders", "cart-1-v1", &cart()).await.expect(200);
    assert_eq!(repeated.body, placed.body);
    let unpriced = stack.post("/api/orders", &order_body()).await.expect(201);
    assert!(unpriced.body.get("amounts").is_none(), "{unpriced}");
}

#[tokio::test]
async fn the_shopper_reads_on_the_checkout_page_what_the_cart_holds() {
    let stack = Stack::start(STACK).await;
    let checkout = stack.checkout_with(cart(), json!({ "amount": 6700 })).await;
    let page = stack.client().get(&checkout.page).header("accept", "text/html").send().await;
    let page = page.unwrap().text().await.unwrap();
    for line in [
        "<dt>2 × Enamel mug</dt><dd class=\"amount\">70.00</dd>",
        "<dt>1 × Sticker</dt><dd class=\"amount\">0.00</dd>",
        "<dt>Discount: SPRING10</dt><dd class=\"amount\">−8.00</dd>",
        "<dt>Shipping: DHL</dt><dd class=\"amount\">4.95</dd>",
        "<dt>Gift wrap</dt><dd class=\"amount\">0.05</dd>",
        "<dt>Includes VAT 19 %</dt><dd class=\"amount\">10.69</dd>",
    ] {
        assert!(page.contains(line), "{line}: {page}");
    }
    stack.choose(&checkout.page, "approve").await.expect(200);
    stack.until_order(&checkout.order, "paid").await;
}

#[tokio::test]
async fn the_answer_to_a_wrong_cart_says_what_would_be_right() {
    let stack = Stack::start(STACK).await;
    let wrong = async |name: &str, value: Value| {
        let mut body = cart();
        body[name] = value;
        let answer = stack.post_with_key("/api/orders", "cart-2-v1", &body).await;
        let answer = answer.expect_problem(422, "invalid-request");
        answer.body["errors"].as_array().unwrap().clone()
    };
    let errors = wrong("total_amount", json!(6695)).await;
    let expected =
        json!({ "pointer": "/total_amount", "detail": "is 6695, but the lines add up to 6700" });
    assert_eq!(errors, [expected]);
    let nothing = wrong("total_amount", json!(0)).await;
    assert_eq!(nothing[0]["detail"], "is 0, but the lines add up to 6700");
    let much = wrong("discounts", json!([{ "name": "STAFF", "amount": 7501 }])).await;
    assert_eq!(much[0]["pointer"], "/discounts");
    let negative = wrong("shipping", json!({ "amount": -495 })).await;
    assert_eq!(negative[0]["pointer"], "/shipping/amount");
    stack.post_with_key("/api/orders", "cart-2-v1", &cart()).await.expect(201);
}

#[tokio::test]
async fn the_answer_to_an_order_of_zero_says_that_it_needs_no_payment() {
    let stack = Stack::start(STACK).await;
    let gift = json!({
        "currency": "USD", "total_amount": 0,
        "items": [{ "product_id": "GIFT_1", "quantity": 1, "unit_amount": 0 }],
    });
    let answer = stack.post("/api/orders", &gift).await.expect_problem(422, "invalid-request");
    let detail = answer.body["errors"][0]["detail"].as_str().unwrap();
    assert!(detail.contains("needs no payment, so confirm it in your shop"), "{detail}");
}

#[tokio::test]
async fn no_name_of_a_line_may_hold_a_card_number() {
    let stack = Stack::start(STACK).await;
    let card = "4242 4242 4242 4242";
    for (name, value, pointer) in [
        ("discounts", json!([{ "name": card, "amount": 800 }]), "/discounts/0/name"),
        ("shipping", json!({ "name": card, "amount": 495 }), "/shipping/name"),
        ("fees", json!([{ "name": card, "amount": 5 }]), "/fees/0/name"),
        ("taxes", json!([{ "name": card, "amount": 1069 }]), "/taxes/0/name"),
    ] {
        let mut body = cart();
        body[name] = value;
        let answer = stack.post("/api/orders", &body).await;
        let answer = answer.expect_problem(422, "card-data-refused");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer);
    }
}

/// Keys that name the cart's version and the try, as `docs/integrate.md` recommends.
async fn check_out(stack: &Stack, (version, attempt): (u32, u32), cart: &Value) -> Answer {
    let key = format!("cart-8731-v{version}");
    let order = stack.post_with_key("/api/orders", &key, cart).await;
    if order.status >= 400 {
        return order;
    }
    let (order, amount) = (order.word("order_id").to_owned(), cart["total_amount"].clone());
    let key = format!("{key}-try-{attempt}");
    stack.pay_with_key(&order, &key, json!({ "amount": amount })).await
}

#[tokio::test]
async fn a_cart_that_changes_and_comes_back_tomorrow_can_still_be_paid() {
    let stack = Stack::start(STACK).await;
    let first = check_out(&stack, (1, 1), &cart()).await.expect(201);
    let mut changed = cart();
    changed["shipping"] = json!({ "name": "Express", "amount": 995 });
    changed["total_amount"] = json!(7200);
    let same = check_out(&stack, (1, 1), &changed).await;
    same.expect_problem(422, "idempotency-key-reused");
    // The previous cart's page is still open in another tab.
    stack.cancel_order(first.word("order_id")).await.expect(200);
    stack.choose(first.word("checkout_url"), "approve").await.expect(409);
    let ended = check_out(&stack, (1, 1), &cart()).await.expect(200);
    assert_eq!(ended.word("status"), "canceled");
    check_out(&stack, (1, 2), &cart()).await.expect_problem(409, "order-canceled");
    let second = check_out(&stack, (2, 1), &changed).await.expect(201);
    assert_ne!(second.word("order_id"), first.word("order_id"));

    stack.sweep_at(TOMORROW).await;
    stack.until_order(second.word("order_id"), "expired").await;
    assert_eq!(check_out(&stack, (2, 1), &changed).await.expect(200).word("status"), "expired");
    check_out(&stack, (2, 2), &changed).await.expect_problem(410, "order-expired");
    let third = check_out(&stack, (3, 1), &changed).await.expect(201);
    stack.choose(third.word("checkout_url"), "approve").await.expect(200);
    stack.until_order(third.word("order_id"), "paid").await;
    check_out(&stack, (3, 1), &changed).await.expect(200);
    let captured = |it: &&Value| it["status"] == "captured";
    assert_eq!(stack.all_truth().await.iter().filter(captured).count(), 1);
}
