//! Quantities of resources, as Kubernetes writes them: `100m`, `64Mi`, `0.5`.

/// The factors of the endings of quantities.
const ENDINGS: [(&str, f64); 14] = [
    ("Ki", 1024.0),
    ("Mi", 1_048_576.0),
    ("Gi", 1_073_741_824.0),
    ("Ti", 1_099_511_627_776.0),
    ("Pi", 1_125_899_906_842_624.0),
    ("n", 1e-9),
    ("u", 1e-6),
    ("m", 1e-3),
    ("k", 1e3),
    ("M", 1e6),
    ("G", 1e9),
    ("T", 1e12),
    ("P", 1e15),
    ("", 1.0),
];

/// The value of a quantity, for a comparison; `None` for a text that is none.
pub(super) fn value(text: &str) -> Option<f64> {
    let (number, factor) =
        ENDINGS.iter().find_map(|(ending, factor)| Some((text.strip_suffix(ending)?, factor)))?;
    let plain = number.starts_with(|c: char| c.is_ascii_digit())
        && number.chars().all(|c| c.is_ascii_digit() || c == '.');
    let number: f64 = number.parse().ok().filter(|_| plain)?;
    Some(number * factor)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::value;

    #[rstest]
    #[case::whole("2", Some(2.0))]
    #[case::part("0.5", Some(0.5))]
    #[case::thousandths("500m", Some(0.5))]
    #[case::binary("1Ki", Some(1024.0))]
    #[case::decimal("1k", Some(1000.0))]
    #[case::nothing("", None)]
    #[case::ending_alone("Mi", None)]
    #[case::negative("-1", None)]
    #[case::exponent("1e3", None)]
    #[case::infinite("inf", None)]
    #[case::two_points("1.2.3", None)]
    #[case::space("1 Mi", None)]
    fn a_quantity_has_a_value(#[case] text: &str, #[case] expected: Option<f64>) {
        assert_eq!(value(text), expected);
    }
}
