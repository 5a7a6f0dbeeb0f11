//! Names of one dialect in the other, with quotes where they are needed.

use crate::dialect::Dialect;
use crate::expr::Name;
use crate::parse::is_reserved;

/// Words that are no names without quotes in the Kinesis dialect, of those that people call columns
/// and streams (AWS SQL reference, "Reserved Words and Keywords").
static OF_KINESIS: &str = " ABS ALL AND ANY ARRAY AS ASENSITIVE AT AVG BEGIN BETWEEN BIGINT BINARY \
    BLOB BOOLEAN BOTH BY CALL CALLED CASE CAST CEIL CHAR CHARACTER CHECK CLOSE COALESCE COLLECT \
    COLUMN COMMIT CONDITION CONNECT CONSTRAINT CONVERT COUNT CREATE CROSS CUBE CURRENT CURSOR \
    CYCLE DATE DAY DEC DECIMAL DECLARE DEFAULT DELETE DESCRIBE DISTINCT DOUBLE DROP EACH ELEMENT \
    ELSE END ESCAPE EVERY EXCEPT EXEC EXECUTE EXISTS EXP EXPLAIN EXTERNAL EXTRACT FALSE FETCH \
    FILTER FIRST_VALUE FLOAT FLOOR FOR FOREIGN FREE FROM FULL FUNCTION FUSION GET GLOBAL GRANT \
    GROUP GROUPING HAVING HOLD HOUR IDENTITY IMPORT IN INNER INSERT INT INTEGER INTERSECT INTERVAL \
    INTO IS JOIN LANGUAGE LARGE LAST_VALUE LATERAL LEADING LEFT LIKE LN LOCAL LOCALTIME \
    LOCALTIMESTAMP LOWER MATCH MAX MEMBER MERGE METHOD MIN MINUTE MOD MODULE MONTH MULTISET \
    NATIONAL NATURAL NEW NO NODE NONE NORMALIZE NOT NULL NULLIF NUMERIC OF OLD ON ONLY OPEN OR \
    ORDER OUT OUTER OVER OVERLAPS OVERLAY PARAMETER PARTITION POSITION POWER PRECISION PREPARE \
    PRIMARY PROCEDURE RANGE RANK READS REAL RECURSIVE REF RELEASE RESULT RETURN RETURNS REVOKE \
    RIGHT ROLLBACK ROLLUP ROW ROWS ROWTIME ROW_NUMBER SAVEPOINT SCOPE SCROLL SEARCH SECOND SELECT \
    SENSITIVE SET SIMILAR SMALLINT SOME SPECIFIC SQL SQRT START STATIC STREAM SUM SYMMETRIC SYSTEM \
    TABLE THEN TIME TIMESTAMP TINYINT TO TRAILING TRANSLATE TREAT TRIGGER TRIM TRUE TRUNCATE \
    UESCAPE UNION UNIQUE UNKNOWN UNNEST UPDATE UPPER USER USING VALUE VALUES VARBINARY VARCHAR \
    VARYING WHEN WHENEVER WHERE WINDOW WITH WITHIN WITHOUT YEAR ";

/// A name that means this text, letter by letter.
pub(super) fn name(text: &str, dialect: Dialect) -> Name {
    let mut letters = text.chars();
    let begins = letters.next().is_some_and(|it| it.is_ascii_alphabetic() || it == '_');
    let goes_on = letters.all(|it| it.is_ascii_alphanumeric() || it == '_');
    let word = text.to_ascii_uppercase();
    let reserved = match dialect {
        Dialect::Kinesis => OF_KINESIS.contains(&format!(" {word} ")),
        Dialect::Flink | Dialect::Batch => Dialect::Flink.reserves(&word),
    } || is_reserved(&word);
    let folds = dialect == Dialect::Kinesis && word != text;
    Name { text: text.to_owned(), quoted: !begins || !goes_on || reserved || folds }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_where_they_would_mean_something_else() {
        let quoted = |text, dialect| name(text, dialect).quoted;
        for text in ["SYM", "_a1", "window_start"] {
            assert!(!quoted(text, Dialect::Flink), "{text}");
        }
        for text in ["count", "Timestamp", "a b", "1a", "", "a-b"] {
            assert!(quoted(text, Dialect::Flink), "{text}");
        }
        assert!(!quoted("SYM", Dialect::Kinesis));
        assert!(quoted("sym", Dialect::Kinesis));
        assert!(quoted("VALUE", Dialect::Kinesis));
    }
}
