//! What the shop sells. Prices live on the server; a form only names a product.

/// More of one thing than anybody buys here.
pub(super) const QUANTITY_MAX: u64 = 10;

/// The catalogue's currency.
pub(super) const CURRENCY: &str = "USD";

#[derive(Debug)]
pub(super) struct Product {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    /// In cents.
    pub(super) price: u64,
}

pub(super) const CATALOGUE: [Product; 3] = [
    Product { id: "SKU_1001", name: "Enamel mug", price: 3750 },
    Product { id: "SKU_1002", name: "Linen notebook", price: 1850 },
    Product { id: "SKU_1003", name: "Desk lamp", price: 8900 },
];

pub(super) fn product(id: &str) -> Option<&'static Product> {
    CATALOGUE.iter().find(|product| product.id == id)
}

/// As in `37.50`.
pub(super) fn price(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
