//! Names of countries, for those whose services sites here are likely to use. Any other is shown by its ISO 3166 code.

use raspiska_shared::lang::Lang;

/// Code, Russian and English name, by code.
const NAMES: [(&str, &str, &str); 42] = [
    ("AE", "ОАЭ", "United Arab Emirates"),
    ("AM", "Армения", "Armenia"),
    ("AT", "Австрия", "Austria"),
    ("AU", "Австралия", "Australia"),
    ("AZ", "Азербайджан", "Azerbaijan"),
    ("BE", "Бельгия", "Belgium"),
    ("BR", "Бразилия", "Brazil"),
    ("BY", "Беларусь", "Belarus"),
    ("CA", "Канада", "Canada"),
    ("CH", "Швейцария", "Switzerland"),
    ("CN", "Китай", "China"),
    ("CY", "Кипр", "Cyprus"),
    ("CZ", "Чехия", "Czechia"),
    ("DE", "Германия", "Germany"),
    ("DK", "Дания", "Denmark"),
    ("EE", "Эстония", "Estonia"),
    ("ES", "Испания", "Spain"),
    ("FI", "Финляндия", "Finland"),
    ("FR", "Франция", "France"),
    ("GB", "Великобритания", "United Kingdom"),
    ("GE", "Грузия", "Georgia"),
    ("HK", "Гонконг", "Hong Kong"),
    ("IE", "Ирландия", "Ireland"),
    ("IL", "Израиль", "Israel"),
    ("IN", "Индия", "India"),
    ("IT", "Италия", "Italy"),
    ("JP", "Япония", "Japan"),
    ("KG", "Киргизия", "Kyrgyzstan"),
    ("KR", "Республика Корея", "South Korea"),
    ("KZ", "Казахстан", "Kazakhstan"),
    ("LT", "Литва", "Lithuania"),
    ("LV", "Латвия", "Latvia"),
    ("NL", "Нидерланды", "Netherlands"),
    ("PL", "Польша", "Poland"),
    ("RS", "Сербия", "Serbia"),
    ("RU", "Россия", "Russia"),
    ("SE", "Швеция", "Sweden"),
    ("SG", "Сингапур", "Singapore"),
    ("TR", "Турция", "Türkiye"),
    ("UA", "Украина", "Ukraine"),
    ("US", "США", "United States"),
    ("UZ", "Узбекистан", "Uzbekistan"),
];

/// The name of a country, else its code.
pub(super) fn name(lang: Lang, code: &str) -> &str {
    let found = NAMES.binary_search_by_key(&code, |(own, ..)| own);
    found.map_or(code, |at| match lang {
        Lang::En => NAMES[at].2,
        Lang::Ru => NAMES[at].1,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_found_by_its_code() {
        for (code, ru, en) in NAMES {
            assert_eq!((name(Lang::Ru, code), name(Lang::En, code)), (ru, en));
        }
        assert_eq!(name(Lang::Ru, "PT"), "PT");
    }
}
