//! A cart in the sandbox's format, for the shopper to see. If a line exceeds the gateway's limits, no line
//! is sent, and the payment is the same.

use super::wire::Row;
use crate::domain::cart::{Cart, Line};
use crate::domain::money::AMOUNT_MINOR_MAX;

const ROWS_MAX: usize = 200;
const LABEL_CHARS_MAX: usize = 200;

pub(super) fn of(cart: &Cart) -> Option<Vec<Row>> {
    let tax_kind = if cart.holds_its_taxes() { "included_tax" } else { "tax" };
    let mut rows = Vec::new();
    for item in &cart.items {
        let label = Some(item.name.as_ref().unwrap_or(&item.product_id).clone());
        let quantity = Some(item.quantity);
        rows.push(Row { kind: "item", label, quantity, amount: item.amount()? });
    }
    let row = |kind, label, amount| Row { kind, label, quantity: None, amount };
    let line = |kind, line: &Line| row(kind, Some(line.name.clone()), line.amount);
    rows.extend(cart.discounts.iter().flatten().map(|discount| line("discount", discount)));
    rows.extend(cart.shipping.iter().map(|it| row("shipping", it.name.clone(), it.amount)));
    rows.extend(cart.fees.iter().flatten().map(|fee| line("fee", fee)));
    rows.extend(cart.taxes.iter().flatten().map(|tax| {
        let rate = tax.rate.as_ref().map(|rate| format!(" {rate} %")).unwrap_or_default();
        row(tax_kind, Some(format!("{}{rate}", tax.name)), tax.amount)
    }));
    let chars = |label: &String| label.chars().count();
    let fits = |row: &Row| {
        row.amount <= AMOUNT_MINOR_MAX && row.label.as_ref().map_or(0, chars) <= LABEL_CHARS_MAX
    };
    (rows.len() <= ROWS_MAX && rows.iter().all(fits)).then_some(rows)
}
