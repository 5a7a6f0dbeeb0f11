"""The queries over real data, as `rivulet sql` and Apache Flink both run them."""

FLIGHTS = ["departed_at", "scheduled_at", "carrier", "dep_delay_min"]

# Kinesis dialect: ROWTIME is the departure, the event time is the schedule.
KINESIS_FLIGHTS = """
CREATE STREAM "F" (SCHEDULED_AT TIMESTAMP, CARRIER VARCHAR(4), DEP_DELAY_MIN INTEGER);
CREATE STREAM "BY_ROWTIME" (NAME VARCHAR(64), N BIGINT, S BIGINT, LO INTEGER, HI INTEGER);
CREATE STREAM "PARTIAL" (CARRIER VARCHAR(4), SLOT TIMESTAMP, N BIGINT, S BIGINT);
CREATE STREAM "STAGGER" (CARRIER VARCHAR(4), SLOT TIMESTAMP, N BIGINT, S BIGINT);
CREATE PUMP "P1" AS INSERT INTO "BY_ROWTIME"
SELECT STREAM A."name", COUNT(*), SUM(F.DEP_DELAY_MIN), MIN(F.DEP_DELAY_MIN), MAX(F.DEP_DELAY_MIN)
FROM "F" AS F JOIN "AIRLINES" AS A ON F.CARRIER = A."carrier"
GROUP BY A."name", STEP(F.ROWTIME BY INTERVAL '15' MINUTE);
CREATE PUMP "P2" AS INSERT INTO "PARTIAL"
SELECT STREAM CARRIER, STEP(SCHEDULED_AT BY INTERVAL '15' MINUTE), COUNT(*), SUM(DEP_DELAY_MIN)
FROM "F" GROUP BY CARRIER, STEP(SCHEDULED_AT BY INTERVAL '15' MINUTE),
STEP("F".ROWTIME BY INTERVAL '15' MINUTE);
CREATE PUMP "P3" AS INSERT INTO "STAGGER"
SELECT STREAM CARRIER, STEP(SCHEDULED_AT BY INTERVAL '15' MINUTE), COUNT(*), SUM(DEP_DELAY_MIN)
FROM "F" WINDOWED BY STAGGER (
PARTITION BY CARRIER, STEP(SCHEDULED_AT BY INTERVAL '15' MINUTE) RANGE INTERVAL '15' MINUTE);
"""

KINESIS_QUAKES = """
CREATE STREAM "Q" (ID VARCHAR(16), NET VARCHAR(4), MAG DOUBLE);
CREATE STREAM "O" (ID VARCHAR(16), HI DOUBLE, N BIGINT);
CREATE PUMP "P" AS INSERT INTO "O"
SELECT STREAM ID, MAX(MAG) OVER W, COUNT(*) OVER W FROM "Q"
WINDOW W AS (PARTITION BY NET RANGE INTERVAL '1' HOUR PRECEDING);
"""

# Flink: the event time is the schedule, a quarter of an hour late at most.
FLIGHTS_TABLE = (
    "carrier STRING, dep_delay_min INT, scheduled_at TIMESTAMP(3), "
    "WATERMARK FOR scheduled_at AS scheduled_at - INTERVAL '15' MINUTE"
)
FLINK_FLIGHTS = (
    "SELECT carrier, window_start, COUNT(*) AS n, SUM(dep_delay_min) AS s, "
    "MIN(dep_delay_min) AS lo, MAX(dep_delay_min) AS hi "
    "FROM TUMBLE(TABLE flights, DESCRIPTOR(scheduled_at), INTERVAL '15' MINUTE) "
    "GROUP BY carrier, window_start, window_end"
)
QUAKES_TABLE = (
    "id STRING, net STRING, mag DOUBLE, occurred_at TIMESTAMP(3), "
    "WATERMARK FOR occurred_at AS occurred_at"
)
FLINK_QUAKES = (
    "SELECT id, MAX(mag) OVER w AS hi, COUNT(*) OVER w AS n FROM quakes "
    "WINDOW w AS (PARTITION BY net ORDER BY occurred_at "
    "RANGE BETWEEN INTERVAL '1' HOUR PRECEDING AND CURRENT ROW)"
)

# Queries of tables: DuckDB reads the same text.
BATCH_FLIGHTS = """
SELECT a.name, COUNT(*) AS n, SUM(dep_delay_min) AS total, MIN(dep_delay_min) AS least,
       MAX(dep_delay_min) AS most, ROUND(AVG(CAST(dep_delay_min AS DOUBLE PRECISION)), 6) AS mean,
       MEDIAN(dep_delay_min) AS median, ROUND(STDDEV_SAMP(dep_delay_min), 6) AS spread,
       ROUND(PERCENTILE_CONT(0.9) WITHIN GROUP (ORDER BY dep_delay_min), 6) AS late,
       COUNT(DISTINCT dest) AS places, COUNT(*) FILTER (WHERE dep_delay_min > 15) AS delayed,
       RANK() OVER (ORDER BY COUNT(*) DESC) AS place
FROM flights f JOIN airlines a USING (carrier) GROUP BY a.name ORDER BY a.name
"""
BATCH_HOURS = """
SELECT carrier, DATE_TRUNC('day', scheduled_at) AS day, EXTRACT(HOUR FROM scheduled_at) AS hour,
       COUNT(*) AS n, SUM(dep_delay_min) AS delay, GROUPING(carrier) AS of_all,
       LAG(COUNT(*)) OVER (PARTITION BY carrier, GROUPING(carrier)
           ORDER BY DATE_TRUNC('day', scheduled_at), EXTRACT(HOUR FROM scheduled_at)) AS before
FROM flights GROUP BY GROUPING SETS ((1, 2, 3), (2, 3)) ORDER BY 6, 1, 2, 3
"""
BATCH_FAR = """
SELECT f.carrier, f.origin, x.dest, x.distance_mi
FROM (SELECT DISTINCT carrier, origin FROM flights) f
LEFT JOIN LATERAL (SELECT dest, distance_mi FROM flights g WHERE g.carrier = f.carrier
    AND g.origin = f.origin ORDER BY distance_mi DESC, dest LIMIT 1) x ON TRUE
ORDER BY 1, 2
"""
BATCH_QUAKES = """
SELECT net, id, mag, occurred_at,
       ROUND(CUME_DIST() OVER (PARTITION BY net ORDER BY mag NULLS FIRST), 6) AS part
FROM earthquakes QUALIFY ROW_NUMBER() OVER (PARTITION BY net ORDER BY mag DESC NULLS LAST, id) <= 3
ORDER BY net, mag DESC NULLS LAST, id
"""
