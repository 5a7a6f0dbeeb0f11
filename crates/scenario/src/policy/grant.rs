//! KMS grants: what a role may do with the account's own key beside its policy.

use crate::kind::{Field, FieldKind};

/// The grant as a setting, beside the policy.
pub static FIELD: Field = Field {
    key: "kms_grant",
    label: "KMS grant",
    unit: "",
    kind: FieldKind::Choice(&[
        ("none", "None"),
        ("Decrypt", "Decrypt"),
        ("GenerateDataKey", "GenerateDataKey"),
        ("both", "Both"),
    ]),
    when: None,
    section: "Access",
    help: "A role with a policy needs kms:GenerateDataKey to put into a stream that is encrypted \
           with a key of the account, and kms:Decrypt to read from it: by its policy or by a grant \
           on the key. A statement that denies wins over a grant",
};

/// Operations somebody may call by a grant (AWS KMS API Reference, `CreateGrant`). The account has
/// one key of its own, so that is all a grant says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grant {
    /// `Decrypt`: reading.
    Decrypt,
    /// `GenerateDataKey`: putting.
    GenerateDataKey,
    /// Both of them.
    Both,
}

impl Grant {
    const ALL: [Self; 3] = [Self::Decrypt, Self::GenerateDataKey, Self::Both];

    /// As the setting spells it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Decrypt => "Decrypt",
            Self::GenerateDataKey => "GenerateDataKey",
            Self::Both => "both",
        }
    }

    /// The grant of this word; none for what is no grant.
    #[must_use]
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grant| grant.word() == word)
    }

    /// `Operations`, as AWS names them.
    #[must_use]
    pub fn operations(self) -> &'static [&'static str] {
        match self {
            Self::Decrypt => &["Decrypt"],
            Self::GenerateDataKey => &["GenerateDataKey"],
            Self::Both => &["Decrypt", "GenerateDataKey"],
        }
    }

    /// The grant of a list of operations, in any order.
    #[must_use]
    pub fn of_operations(operations: &[&str]) -> Option<Self> {
        let known = Self::Both.operations();
        let is_known = operations.iter().all(|operation| known.contains(operation));
        let same =
            |grant: &Self| known.iter().all(|it| operations.contains(it) == grant.allows(it));
        Self::ALL.into_iter().find(same).filter(|_| is_known)
    }

    /// Whether it is for an operation.
    #[must_use]
    pub fn allows(self, operation: &str) -> bool {
        self.operations().contains(&operation)
    }
}

#[cfg(test)]
mod tests {
    use super::Grant;

    #[test]
    fn a_grant_is_its_operations() {
        for grant in Grant::ALL {
            assert_eq!(Grant::of_operations(grant.operations()), Some(grant));
            assert_eq!(Grant::of_word(grant.word()), Some(grant));
        }
        assert_eq!(Grant::of_operations(&["GenerateDataKey", "Decrypt"]), Some(Grant::Both));
        assert_eq!(Grant::of_operations(&["Decrypt", "Encrypt"]), None);
        assert_eq!(Grant::of_operations(&[]), None);
        assert!(!Grant::Decrypt.allows("GenerateDataKey"));
    }
}
