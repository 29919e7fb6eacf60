use super::is_phone;

#[test]
fn a_phone_number_is_taken_as_people_type_and_paste_it() {
    for typed in [
        " 0176 1234567",
        "0176 1234567 ",
        "\u{202a}+49 176 1234567\u{202c}",
        "\u{200e}+49 176 1234567",
        "+49\u{200b}1761234567",
        "\u{feff}0176 1234567",
        "(+49) 176 1234567",
        "+(49) 176 1234567",
        "+ 49 176 1234567",
        "+49\t176 123456",
        "555-0100, ext. 12",
        "555-0100 extension 12",
        "+1-415-555-0100;ext=12",
        "Tel. 030 1234",
        "Tel.: +49 30 1234",
        "tel:+1-415-555-0100",
        "Phone 030 1234",
        "Mobile: 0176 1234567",
        "+49·176·1234567",
        "０３－１２３４－５６７８",
        "（０３）１２３４ー５６７８",
        "+49 (0)(176) 1234567",
    ] {
        assert!(is_phone(typed), "{typed:?}");
    }
}

#[test]
fn what_nobody_types_as_a_phone_number_is_refused() {
    for wrong in [
        "()))--((12345",
        "() 12345",
        "((030)) 12345",
        ")030 12345",
        "Tel.",
        "Tel. ext. 12",
        "Telefax-Nr 12345",
        "\u{202a}\u{202c}",
        "++49 176 1234567",
        "12345 #",
    ] {
        assert!(!is_phone(wrong), "{wrong:?}");
    }
}

#[test]
fn a_card_number_is_no_phone_number_however_it_is_begun_and_ended() {
    for card in [
        "+3782 822463 10005",
        "+378282246310005",
        "00378282246310005",
        "00 3782 822463 10005",
        "+36227206271667",
        "＋36227206271667",
        "(+3782) 822463 10005",
        "Tel. +378282246310005",
        "\u{202a}+378282246310005\u{202c}",
        "+4111 1111 1111 #1111",
        "+4111 1111 1111 x1111",
        "00 4111 1111 1111 #1111",
        "4111 1111 1111 x1111",
        "4111 1111 1111, ext. 1111",
        "411111111 x1111111",
        "+411111111 ext 1111111",
        "4111\u{200b}1111\u{200b}1111 x1111",
        "3782ー822463ー10005",
        "0 30569309025904",
        "+4222 222 222 222",
        "4222222222222",
    ] {
        assert!(!is_phone(card), "{card:?}");
    }
}

/// A country code, and usual ways to write a number: fixed digits, and `#` for those that vary.
const COUNTRIES: [(&str, &[&str]); 22] = [
    ("1", &["415 ### ####", "(212) ###-####", "305.###.####"]),
    ("7", &["9## ###-##-##", "(9##) ### ## ##"]),
    ("20", &["10 #### ####", "12########"]),
    ("30", &["69# ### ####", "21# ### ####"]),
    ("31", &["6 ########", "6 #### ####"]),
    ("33", &["6 ## ## ## ##", "(0)7 ## ## ## ##"]),
    ("34", &["6## ### ###", "6## ## ## ##"]),
    ("36", &["20 ### ####", "(30) ###-####"]),
    ("39", &["3## ### ####", "06 #### ####"]),
    ("41", &["79 ### ## ##", "(0)44 ### ## ##"]),
    ("43", &["660 #######", "(0)664 ### ## ##"]),
    ("44", &["7### ######", "(0)20 #### ####"]),
    ("48", &["5## ### ###", "(22) ### ## ##"]),
    ("49", &["176 ########", "1511 #######", "(0)30 / ### ## ##", "151 #### ####"]),
    ("52", &["1 55 #### ####", "55 #### ####"]),
    ("55", &["11 9####-####", "(21) 9####-####"]),
    ("62", &["812-####-####", "812 #### #####"]),
    ("63", &["9## ### ####", "(2) #### ####"]),
    ("81", &["90-####-####", "3-####-####"]),
    ("86", &["138 #### ####", "10 #### ####"]),
    ("91", &["9#### #####", "98## ### ###"]),
    ("380", &["67 ### ## ##", "(0)44 ### ## ##"]),
];

#[test]
fn an_international_number_is_hardly_ever_taken_for_a_card() {
    let mut seed = 164_u32;
    let mut made = |groups: &str| {
        let mut digit = |c: char| match c {
            '#' => {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                char::from_digit((seed >> 16) % 10, 10).unwrap()
            }
            c => c,
        };
        groups.chars().map(&mut digit).collect::<String>()
    };
    let (mut count, mut refused) = (0, 0);
    for (country, ways) in COUNTRIES {
        for way in ways.iter().cycle().take(200) {
            let number = made(way);
            let solid: String =
                number.replace("(0)", "").chars().filter(char::is_ascii_digit).collect();
            for text in [
                format!("+{country}{solid}"),
                format!("00{country}{solid}"),
                format!("+{country} {number}"),
                format!("00 {country} {number}"),
                format!("(+{country}) {number}"),
            ] {
                assert!(is_phone(&text), "{text}");
            }
            count += 1;
            refused += u32::from(!is_phone(&format!("+{country} {number} ext. 12")));
        }
    }
    assert!(refused * 100 < count * 2, "{refused} of {count} with an extension");
}
