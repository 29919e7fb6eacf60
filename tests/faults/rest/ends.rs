//! How each scenario ends when nothing goes wrong. A bundle that refused everything would break no
//! invariant, but would take no payment either.

use crate::play::script::Player;
use crate::play::settings::Setting;

/// Lines of `scenario gateways webhooks end`; the first matching line counts.
const ENDS: &str = include_str!("ends.txt");

/// The state of the order, and the money that the merchant keeps.
fn expected(setting: &Setting) -> Option<&'static str> {
    let name = setting.to_string();
    let mut of_setting = name.split('/');
    let mut part = || of_setting.next().unwrap_or_default();
    let wanted = [part(), part(), part()];
    ENDS.lines().filter(|line| !line.starts_with('#')).find_map(|line| {
        let mut rest = line;
        for word in wanted {
            let (pattern, more) = rest.split_once(' ')?;
            if pattern != "*" && !pattern.split(',').any(|known| known == word) {
                return None;
            }
            rest = more;
        }
        Some(rest)
    })
}

/// The difference, in a run in which nothing went wrong.
pub(crate) fn difference(setting: &Setting, end: &str) -> Option<String> {
    let expected = expected(setting).unwrap_or("somehow");
    (end != expected).then(|| format!("I4 nothing went wrong, but it ended {end}, not {expected}"))
}

/// How each order ended: its state, and the money that the merchant keeps.
pub(crate) fn of(player: &Player) -> String {
    let ends = std::iter::once(player).chain(player.beside.as_deref()).map(|player| {
        let mut kept = 0;
        for object in player.objects() {
            kept += object.captured();
            kept = kept.saturating_sub(object.refunded() + object.lost());
        }
        let state = player.client.world.state();
        let order = state.orders.get(&format!("O#{}", player.order));
        order.map_or("no order".to_owned(), |order| format!("{:?} {kept}", order.state))
    });
    ends.collect::<Vec<_>>().join(", ")
}
