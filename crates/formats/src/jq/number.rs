//! Numbers as jq 1.6 prints them: at most 17 digits, and an exponent where it is shorter.

/// Writes a number as `jvp_dtoa_fmt` of jq 1.6 does.
pub(super) fn write(value: f64, out: &mut String) {
    if value.is_nan() {
        return out.push_str("null");
    }
    let value = value.clamp(f64::MIN, f64::MAX);
    // The shortest digits that give the number back, and where its point is.
    let text = format!("{:e}", value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits: String = mantissa.chars().filter(|it| *it != '.').collect();
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    if value.is_sign_negative() {
        out.push('-');
    }
    if digits == "0" {
        out.push('0');
    } else if point <= -4 || point > count + 15 {
        let (first, rest) = digits.split_at(1);
        out.push_str(first);
        if !rest.is_empty() {
            out.push('.');
            out.push_str(rest);
        }
        let exponent = point - 1;
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("e{sign}{:02}", exponent.abs()));
    } else if point <= 0 {
        out.push_str("0.");
        (point..0).for_each(|_| out.push('0'));
        out.push_str(&digits);
    } else {
        for (at, digit) in (0..).zip(digits.chars()) {
            if at == point {
                out.push('.');
            }
            out.push(digit);
        }
        (count..point).for_each(|_| out.push('0'));
    }
}
