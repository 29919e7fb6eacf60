//! What the shop sells. Prices live on the server; a form only names a product.

use Currency::{Inr, Jpy, Kwd, Usd};

/// More of one thing than anybody buys here.
pub(super) const QUANTITY_MAX: u64 = 10;
/// Off the items. The shop computes it itself, because its backend takes only amounts.
const COUPON_PERCENT: u64 = 10;

/// The shop's currencies: with two decimals, none and three.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Currency {
    #[default]
    Usd,
    Inr,
    Jpy,
    Kwd,
}

#[derive(Debug)]
pub(super) struct Product {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// The drawing in `templates/shop/picture.html`.
    pub(super) picture: &'static str,
    /// In minor units.
    prices: [(Currency, u64); 4],
}

/// Free with an order, one per order.
pub(super) const GIFT: Product = Product {
    id: "GIFT_1",
    name: "Sticker",
    about: "For the lid of your laptop.",
    picture: "sticker",
    prices: [(Usd, 0), (Inr, 0), (Jpy, 0), (Kwd, 0)],
};

/// What a shopper may type into the coupon field.
pub(super) const COUPON: Coupon = Coupon { code: "SPRING10" };

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Coupon {
    pub(super) code: &'static str,
}

/// How the parcel is sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Delivery {
    #[default]
    Standard,
    Express,
}

pub(super) const CATALOGUE: [Product; 6] = [
    Product {
        id: "SKU_1001",
        name: "Enamel mug",
        about: "Holds a third of a litre and survives the campfire.",
        picture: "mug",
        prices: [(Usd, 3_750), (Inr, 312_000), (Jpy, 5_600), (Kwd, 11_500)],
    },
    Product {
        id: "SKU_1002",
        name: "Linen notebook",
        about: "One hundred and sixty dotted pages that lie flat.",
        picture: "notebook",
        prices: [(Usd, 1_850), (Inr, 154_000), (Jpy, 2_800), (Kwd, 5_675)],
    },
    Product {
        id: "SKU_1003",
        name: "Desk lamp",
        about: "Warm light on a jointed arm, with a proper switch.",
        picture: "lamp",
        prices: [(Usd, 8_900), (Inr, 741_000), (Jpy, 13_300), (Kwd, 27_300)],
    },
    Product {
        id: "SKU_1004",
        name: "Stoneware teapot",
        about: "For four cups, and it does not drip.",
        picture: "teapot",
        prices: [(Usd, 6_400), (Inr, 533_000), (Jpy, 9_600), (Kwd, 19_625)],
    },
    Product {
        id: "SKU_1005",
        name: "Wool blanket",
        about: "Undyed, woven double, big enough to share.",
        picture: "blanket",
        prices: [(Usd, 11_200), (Inr, 932_000), (Jpy, 16_800), (Kwd, 34_350)],
    },
    Product {
        id: "SKU_1006",
        name: "Sash brush",
        about: "Natural bristle, for edges that stay straight.",
        picture: "brush",
        prices: [(Usd, 1_290), (Inr, 107_500), (Jpy, 1_940), (Kwd, 3_955)],
    },
];

pub(super) fn product(id: &str) -> Option<&'static Product> {
    CATALOGUE.iter().chain([&GIFT]).find(|product| product.id == id)
}

impl Product {
    pub(super) fn price(&self, currency: Currency) -> u64 {
        let price = self.prices.iter().find(|(of, _)| *of == currency);
        price.map_or(0, |(_, price)| *price)
    }

    pub(super) fn quantity_max(&self) -> u64 {
        if self.id == GIFT.id { 1 } else { QUANTITY_MAX }
    }
}

impl Coupon {
    /// Accepts a code as people type it: in lower case, with spaces around it.
    pub(super) fn of(typed: &str) -> Option<&'static Self> {
        typed.trim().eq_ignore_ascii_case(COUPON.code).then_some(&COUPON)
    }

    pub(super) fn off(items: u64) -> u64 {
        items / 100 * COUPON_PERCENT + items % 100 * COUPON_PERCENT / 100
    }
}

impl Delivery {
    pub(super) const ALL: [Self; 2] = [Self::Standard, Self::Express];

    pub(super) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delivery| delivery.word() == word)
    }

    /// From the name that an order stores.
    pub(super) fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|delivery| delivery.name() == name)
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Express => "express",
        }
    }

    /// The name that the shopper sees, in the shop and on the gateway's page.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Standard => "Standard",
            Self::Express => "Express",
        }
    }

    pub(super) fn price(self, currency: Currency) -> u64 {
        match (self, currency) {
            (Self::Standard, _) => 0,
            (Self::Express, Usd) => 495,
            (Self::Express, Inr) => 41_000,
            (Self::Express, Jpy) => 740,
            (Self::Express, Kwd) => 1_500,
        }
    }
}

impl Currency {
    pub(super) const ALL: [Self; 4] = [Self::Usd, Self::Inr, Self::Jpy, Self::Kwd];

    pub(super) fn of(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|currency| currency.code() == code)
    }

    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::Inr => "INR",
            Self::Jpy => "JPY",
            Self::Kwd => "KWD",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_has_a_price_in_every_currency() {
        for product in &CATALOGUE {
            for currency in Currency::ALL {
                assert!(product.price(currency) > 0, "{} in {}", product.id, currency.code());
                assert_eq!(GIFT.price(currency), 0);
            }
        }
    }

    #[test]
    fn a_coupon_takes_whole_units_off() {
        for (items, off) in [(0, 0), (9, 0), (10, 1), (3_750, 375), (5_609, 560), (199, 19)] {
            assert_eq!(Coupon::off(items), off, "{items}");
        }
        assert!(Coupon::of(" spring10 ").is_some() && Coupon::of("SPRING").is_none());
    }
}
