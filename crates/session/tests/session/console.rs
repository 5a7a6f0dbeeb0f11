//! The console: lines typed, what they print, and what they do to the run.

use session::{Message, Session};

use crate::support::{pipeline, run};

/// Types a line; what it printed, and whether it failed.
fn typed(session: &mut Session, line: &str) -> (String, bool) {
    session.update(Message::Console(line.to_owned()));
    let hud = session.hud();
    let entry = hud.console.last().expect("a line was typed");
    assert_eq!(&*entry.line, line);
    (entry.output.to_string(), entry.failed)
}

fn stream(session: &Session) -> String {
    let mut nodes = session.document().nodes.iter();
    nodes.find(|node| node.config.kind() == "stream").expect("there is one").name.clone()
}

#[test]
fn a_record_is_put_by_hand_and_comes_back() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 3);
    let name = stream(&session);
    let put =
        format!("aws kinesis put-record --stream-name {name} --partition-key k --data aGVsbG8=");
    let (output, failed) = typed(&mut session, &put);
    assert!(!failed && output.contains("\"SequenceNumber\": \""), "{output}");
    let answer: serde_json::Value = serde_json::from_str(&output).expect("it prints JSON");
    let (shard, number) = (&answer["ShardId"], &answer["SequenceNumber"]);
    let ask = format!(
        "aws kinesis get-shard-iterator --stream-name {name} --shard-id {} \
         --shard-iterator-type AT_SEQUENCE_NUMBER --starting-sequence-number {}",
        shard.as_str().expect("a text"),
        number.as_str().expect("a text")
    );
    let (output, _) = typed(&mut session, &ask);
    let answer: serde_json::Value = serde_json::from_str(&output).expect("it prints JSON");
    let iterator = answer["ShardIterator"].as_str().expect("a text").to_owned();
    let (output, _) =
        typed(&mut session, &format!("aws kinesis get-records --shard-iterator {iterator}"));
    let answer: serde_json::Value = serde_json::from_str(&output).expect("it prints JSON");
    assert_eq!(answer["Records"][0]["Data"], "aGVsbG8=");
    assert_eq!(&answer["Records"][0]["SequenceNumber"], number);
    // The three calls are in the script: a replay of the document makes them again.
    assert_eq!(session.document().script.len(), 3);
}

#[test]
fn what_the_service_refuses_is_printed_as_the_command_line_does() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 1);
    let (output, failed) =
        typed(&mut session, "aws kinesis describe-stream-summary --stream-name nobody");
    assert!(failed);
    assert_eq!(
        output,
        "An error occurred (ResourceNotFoundException) when calling the DescribeStreamSummary \
         operation: Stream nobody under account 123456789012 not found."
    );
    for line in
        ["nonsense", "aws", "aws kinesis fly", "aws s3 fly", "aws firehose fly", "\"", "aws \\"]
    {
        let (output, failed) = typed(&mut session, line);
        assert!(failed && !output.is_empty(), "{line}: {output}");
    }
}

#[test]
fn plain_help_names_the_services() {
    let mut session = pipeline();
    let (help, failed) = typed(&mut session, "help");
    assert!(!failed && help.contains("kinesis"), "{help}");
}

#[test]
fn objects_are_listed_and_printed() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 400);
    let (buckets, _) = typed(&mut session, "aws s3 ls");
    let bucket = buckets.split_whitespace().last().expect("a bucket").to_owned();
    let (mut place, mut output) = (format!("s3://{bucket}/"), String::new());
    // Down the folders to the objects.
    for _ in 0..8 {
        output = typed(&mut session, &format!("aws s3 ls {place}")).0;
        let first = output.lines().next().expect("something is there");
        let Some(folder) = first.trim_start().strip_prefix("PRE ") else { break };
        place.push_str(folder);
    }
    let line = output.lines().next().expect("an object");
    let name = line.split_whitespace().last().expect("its name");
    let all = typed(&mut session, &format!("aws s3 ls s3://{bucket} --recursive")).0;
    let key = place.split_once(&format!("{bucket}/")).expect("below the bucket").1;
    assert!(all.lines().any(|line| line.ends_with(&format!(" {key}{name}"))), "{all}");
    let (text, failed) = typed(&mut session, &format!("aws s3 cp {place}{name} -"));
    assert!(!failed && !text.is_empty(), "{text}");
    let (missing, failed) = typed(&mut session, &format!("aws s3 cp s3://{bucket}/nothing -"));
    assert!(failed && missing.contains("(404)"), "{missing}");
}

#[test]
fn words_are_completed() {
    let session = pipeline();
    let name = stream(&session);
    assert_eq!(session.complete("aws kin"), ["kinesis"]);
    assert_eq!(session.complete("aws kinesis split"), ["split-shard"]);
    let line = "aws kinesis split-shard --stream-name ";
    assert!(session.complete(line).contains(&name), "{:?}", session.complete(line));
    assert_eq!(session.complete("aws s3 ls s3://").len(), 1);
}

/// `--query`, `--output` and pages, as awscli has them.
#[test]
fn answers_are_filtered_and_come_in_pages() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 1);
    let name = stream(&session);
    let (created, failed) =
        typed(&mut session, "aws kinesis create-stream --stream-name zz --shard-count 3");
    assert!(!failed, "{created}");
    let line = "aws kinesis list-streams --query StreamNames[1] --output text";
    assert_eq!(typed(&mut session, line), ("zz".to_owned(), false));
    let (page, _) = typed(&mut session, "aws kinesis list-streams --max-items 1");
    let page: serde_json::Value = serde_json::from_str(&page).expect("it prints JSON");
    assert_eq!(page["StreamNames"], serde_json::json!([name]));
    let token = page["NextToken"].as_str().expect("there is more");
    let line = format!("aws kinesis list-streams --starting-token {token} --query StreamNames");
    assert_eq!(typed(&mut session, &line), ("[\n    \"zz\"\n]".to_owned(), false));
    let line = "aws firehose list-delivery-streams --query length(DeliveryStreamNames)";
    assert_eq!(typed(&mut session, line), ("1".to_owned(), false));
    let (told, failed) = typed(&mut session, "aws kinesis list-streams --query StreamNames[");
    assert!(failed && told.starts_with("Bad value for --query StreamNames[: "), "{told}");
    let (told, failed) = typed(&mut session, "aws kinesis put-record --max-items 1");
    assert!(failed && !told.is_empty());
}

/// The waiter looks every ten seconds, eighteen times (botocore 1.44.5); the time passes in the
/// run.
#[test]
fn the_command_line_waits_for_a_stream() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 1);
    let secs = |session: &mut Session| session.hud().transport.now.secs();
    typed(&mut session, "aws kinesis create-stream --stream-name zz --shard-count 1");
    let before = secs(&mut session);
    let entries = session.document().script.len();
    let line = "aws kinesis wait stream-exists --stream-name zz";
    assert_eq!(typed(&mut session, line), (String::new(), false));
    assert_eq!(session.document().script.len(), entries + 1, "a line is one call of the script");
    let passed = secs(&mut session) - before;
    assert!((30..=40).contains(&passed), "creation takes thirty seconds, not {passed}");
    let (told, failed) = typed(&mut session, "aws kinesis wait stream-not-exists --stream-name zz");
    assert!(failed);
    assert_eq!(told, "Waiter StreamNotExists failed: Max attempts exceeded");
    typed(&mut session, "aws kinesis delete-stream --stream-name zz");
    let line = "aws kinesis wait stream-not-exists --stream-name zz";
    assert_eq!(typed(&mut session, line), (String::new(), false));
    let line = "aws kinesis wait stream-exists --stream-name nobody";
    let (told, failed) = typed(&mut session, line);
    assert!(failed && told.contains("ResourceNotFoundException"), "{told}");
    let (told, failed) = typed(&mut session, "aws kinesis wait for-rain");
    assert!(failed && told.contains("stream-not-exists"), "{told}");
}

/// Firehose takes no records by hand while a stream is its source (facts, Firehose §2).
#[test]
fn firehose_takes_records_by_hand() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 1);
    let mut nodes = session.document().nodes.iter();
    let name = nodes.find(|it| it.config.kind() == "firehose").expect("there is one").name.clone();
    let line =
        format!("aws firehose put-record --delivery-stream-name {name} --record Data=aGVsbG8=");
    let (told, failed) = typed(&mut session, &line);
    assert!(failed && told.contains("not permitted on KinesisStreamAsSource"), "{told}");
    let line = "aws firehose put-record-batch --delivery-stream-name none \
                --records Data=aGk= Data=aG8=";
    let (told, failed) = typed(&mut session, line);
    assert!(failed && told.contains("PutRecordBatch operation: Firehose none"), "{told}");
    let last = session.document().script.last().expect("the call is an entry of the script");
    assert!(format!("{:?}", last.action).contains("firehose:PutRecordBatch"));
    assert_eq!(session.complete("aws firehose put-record-b"), ["put-record-batch"]);
    assert!(session.complete("aws kinesis wait stream-n").contains(&"stream-not-exists".into()));
    let (help, _) = typed(&mut session, "aws help");
    assert!(["firehose", "kinesis", "s3"].iter().all(|it| help.contains(it)), "{help}");
}

/// A Firehose stream that only the command line knows, down to the bucket it delivers into; and a
/// card, described by its settings.
#[test]
fn firehose_streams_are_made_by_hand() {
    let mut session = pipeline();
    session.update(Message::Play);
    run(&mut session, 1);
    let line = "aws firehose create-delivery-stream --delivery-stream-name archive \
                --s3-destination-configuration RoleARN=arn:aws:iam::123456789012:role/r,\
                BucketARN=arn:aws:s3:::attic,BufferingHints={SizeInMBs=1,IntervalInSeconds=0} \
                --tags Key=team,Value=blue";
    let (told, failed) = typed(&mut session, line);
    assert!(!failed && told.contains(":deliverystream/archive"), "{told}");
    run(&mut session, 31);
    let line = "aws firehose describe-delivery-stream --delivery-stream-name archive --query \
                DeliveryStreamDescription.Destinations[0].S3DestinationDescription.BufferingHints";
    let (told, failed) = typed(&mut session, line);
    assert!(!failed && told.contains("\"IntervalInSeconds\": 0"), "{told}");
    let line = "aws firehose put-record --delivery-stream-name archive --record Data=aGVsbG8=";
    let (told, failed) = typed(&mut session, line);
    assert!(!failed && told.contains("RecordId"), "{told}");
    run(&mut session, 3);
    let (told, failed) = typed(&mut session, "aws s3 ls");
    assert!(!failed && told.contains("attic"), "{told}");
    let (told, failed) = typed(&mut session, "aws s3 ls s3://attic --recursive");
    assert!(!failed && told.contains("/archive-1-"), "{told}");
    let line = "aws firehose update-destination --delivery-stream-name archive \
                --current-delivery-stream-version-id 7 --destination-id \
                destinationId-000000000001 --extended-s3-destination-update Prefix=p/";
    let (told, failed) = typed(&mut session, line);
    assert!(failed && told.contains("(ConcurrentModificationException)"), "{told}");
    assert!(session.document().nodes.iter().all(|node| node.name != "archive"));
    let found = session.complete("aws firehose create-delivery-stream --sp");
    assert_eq!(found, ["--splunk-destination-configuration"]);
    let mut nodes = session.document().nodes.iter();
    let card = nodes.find(|it| it.config.kind() == "firehose").expect("there is one").name.clone();
    let line = "aws firehose describe-delivery-stream --delivery-stream-name ";
    assert_eq!(session.complete(line), [card.as_str()]);
    let (told, failed) = typed(&mut session, &format!("{line}{card}"));
    assert!(
        !failed && told.contains("\"DeliveryStreamType\": \"KinesisStreamAsSource\""),
        "{told}"
    );
}
