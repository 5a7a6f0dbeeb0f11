//! Dialects, told apart by the questions they answer: nothing else in this crate asks which of
//! them it is.

use crate::expr::Name;
use crate::rules::Rules;

/// A dialect of SQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Kinesis Data Analytics for SQL (facts, analytics §2).
    Kinesis,
    /// Flink SQL (facts, analytics §3).
    Flink,
    /// Queries of finite tables, as Amazon Redshift reads them.
    Batch,
}

/// Words that are no names without quotes in Flink (each tried on Apache Flink 2.3.0).
static RESERVED_IN_FLINK: &str = " \
    ABS ALL AND ANY ARE ARRAY AS ASENSITIVE AT AVG BEGIN BETWEEN BIGINT BINARY BLOB BOOLEAN BOTH \
    BY BYTES CALL CALLED CARDINALITY CASE CAST CATALOGS CEIL CHAR CHARACTER CHECK CLOSE COALESCE \
    COLLECT COLUMN COMMENT COMMIT CONDITION CONNECT CONSTRAINT CONTAINS CONVERT COUNT CREATE \
    CROSS CUBE CURRENT CURSOR CYCLE DATE DAY DEC DECIMAL DECLARE DEFAULT DEFINE DELETE DESCRIBE \
    DISTINCT DOUBLE DROP EACH ELEMENT ELSE EMPTY END EQUALS ESCAPE EVERY EXCEPT EXEC EXECUTE \
    EXISTS EXP EXPLAIN EXTEND EXTERNAL EXTRACT FALSE FETCH FILTER FIRST_VALUE FLOAT FLOOR FOR \
    FOREIGN FRAME_ROW FREE FROM FULL FUNCTION FUNCTIONS FUSION GET GLOBAL GRANT GROUP GROUPING \
    GROUPS HAVING HOLD HOUR IDENTITY IMPORT IN INDICATOR INITIAL INNER INOUT INSERT INT INTEGER \
    INTERSECT INTERVAL INTO IS JOIN LAG LANGUAGE LARGE LAST_VALUE LATERAL LEAD LEADING LEFT LIKE \
    LIMIT LN LOCAL LOCALTIME LOCALTIMESTAMP LOWER MATCH MATCHES MAX MEASURES MEMBER MERGE METHOD \
    MIN MINUS MINUTE MOD MODELS MODIFIES MODULE MODULES MONTH MULTISET NATIONAL NATURAL NEW NEXT \
    NO NONE NORMALIZE NOT NULL NULLIF NUMERIC OF OFFSET OLD OMIT ON ONE ONLY OPEN OR ORDER OUT \
    OUTER OVER OVERLAPS OVERLAY PARAMETER PARTITION PATTERN PER PERCENT PERIOD PERMUTE PORTION \
    POSITION POWER PRECEDES PRECISION PREPARE PREV PRIMARY PROCEDURE RANGE RANK RAW READS REAL \
    RECURSIVE REF RELEASE RENAME RESET RESULT RETURN RETURNS REVOKE RIGHT ROLLBACK ROLLUP ROW \
    ROWS ROW_NUMBER RUNNING SAVEPOINT SCALA SCOPE SCROLL SEARCH SECOND SEEK SELECT SENSITIVE SET \
    SHOW SIMILAR SKIP SMALLINT SOME SPECIFIC SQL SQRT START STATEMENT STATIC STREAM STRING \
    SUBSET SUBSTRING SUCCEEDS SUM SYMMETRIC SYSTEM SYSTEM_TIME SYSTEM_USER TABLE TABLES \
    TABLESAMPLE THEN TIME TIMESTAMP TIMESTAMP_LTZ TINYINT TO TRAILING TRANSLATE TREAT TRIGGER \
    TRIM TRUE TRUNCATE TRY_CAST UESCAPE UNION UNIQUE UNKNOWN UNNEST UPDATE UPPER UPSERT USE USER \
    USING VALUE VALUES VALUE_OF VARBINARY VARCHAR VARYING VERSIONING VIEWS WATERMARK WATERMARKS \
    WEEKS WHEN WHENEVER WHERE WINDOW WITH WITHIN WITHOUT YEAR ";

impl Dialect {
    /// Whether a word is no name without quotes, beside those that are none in any dialect.
    #[must_use]
    pub fn reserves(self, word: &str) -> bool {
        self == Self::Flink
            && RESERVED_IN_FLINK.contains(&format!(" {} ", word.to_ascii_uppercase()))
    }

    /// What it answers about values and functions.
    #[must_use]
    pub fn rules(self) -> &'static Rules {
        match self {
            Self::Kinesis => &Rules::KINESIS,
            Self::Flink => &Rules::FLINK,
            Self::Batch => &Rules::REDSHIFT,
        }
    }

    /// What stands around a name that is taken letter by letter.
    #[must_use]
    pub fn quote(self) -> char {
        match self {
            Self::Kinesis | Self::Batch => '"',
            Self::Flink => '`',
        }
    }

    /// What a name means: names without quotes fold to capitals in the Kinesis dialect (facts,
    /// analytics §1.2) and to small letters in Redshift, in Flink they are taken as written.
    #[must_use]
    pub fn folded(self, name: &Name) -> String {
        match self {
            Self::Kinesis if !name.quoted => name.text.to_uppercase(),
            Self::Batch if !name.quoted => name.text.to_lowercase(),
            Self::Kinesis | Self::Flink | Self::Batch => name.text.clone(),
        }
    }

    /// The signs it has beside those of all.
    #[must_use]
    pub fn signs(self) -> &'static [&'static str] {
        match self {
            Self::Kinesis => &[],
            Self::Flink => &["{", "}", "?"],
            Self::Batch => &["::", "~", "!~"],
        }
    }

    /// Whether `%` is the rest of a division.
    #[must_use]
    pub fn has_rest_sign(self) -> bool {
        self != Self::Kinesis
    }

    /// Whether a query is a value, a list or a condition within an expression.
    #[must_use]
    pub fn nests_queries(self) -> bool {
        self != Self::Kinesis
    }

    /// Whether queries are of finite tables.
    #[must_use]
    pub fn is_finite(self) -> bool {
        self == Self::Batch
    }

    /// Whether a query of a stream says so: `SELECT STREAM …`, and whether queries stand only in
    /// pumps and views.
    #[must_use]
    pub fn says_stream(self) -> bool {
        self == Self::Kinesis
    }

    /// Whether every stream has a column `ROWTIME` that no statement declares.
    #[must_use]
    pub fn has_rowtime(self) -> bool {
        self == Self::Kinesis
    }

    /// Whether a row moves the clock of its stream on before it is looked at. Flink moves it by
    /// watermarks, behind the row.
    #[must_use]
    pub fn rows_move_the_clock(self) -> bool {
        self == Self::Kinesis
    }

    /// Whether a row that cannot be computed goes to `error_stream`. In Flink the job fails.
    #[must_use]
    pub fn has_error_stream(self) -> bool {
        self == Self::Kinesis
    }

    /// Whether whole numbers wrap around when they are too large (facts, analytics §3.1).
    #[must_use]
    pub fn whole_numbers_wrap(self) -> bool {
        self == Self::Flink
    }

    /// Whether rows of one moment see each other in a sliding window, whichever came first
    /// (facts, analytics §2.5 and §3.1).
    #[must_use]
    pub fn peers_share(self) -> bool {
        self == Self::Flink
    }

    /// Whether a query may change a row it has given before.
    #[must_use]
    pub fn updates(self) -> bool {
        self == Self::Flink
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_what_their_dialect_says() {
        let name = |quoted| Name { text: "Sym".to_owned(), quoted };
        assert_eq!(Dialect::Kinesis.folded(&name(false)), "SYM");
        assert_eq!(Dialect::Kinesis.folded(&name(true)), "Sym");
        assert_eq!(Dialect::Flink.folded(&name(false)), "Sym");
        assert_eq!(Dialect::Batch.folded(&name(false)), "sym");
    }
}
