"""The Kinesis and Firehose APIs of `rivulet api`, held against botocore, the library under boto3 and the AWS CLI.

    python tests/botocore/check.py path/to/rivulet

botocore writes every request and reads every answer, offline. Beyond that each answer is compared
with the model: no member it does not know, every member it requires, the right types, and only
exceptions it lists for the operation.
"""

import json
import subprocess
import sys

from botocore.awsrequest import HeadersDict
from botocore.loaders import Loader
from botocore.model import ServiceModel
from botocore.parsers import create_parser
from botocore.serialize import create_serializer

MODELS = {
    name: ServiceModel(Loader().load_service_model(name, "service-2"))
    for name in ["kinesis", "firehose"]
}
SERIALIZER = create_serializer("json", include_validation=True)
PARSER = create_parser("json")
# What the groups below call.
OPERATIONS = {"kinesis": 29, "firehose": 12}
# Every service of this protocol may answer these; the model does not list them.
COMMON = {
    "ValidationException",
    "SerializationException",
    "UnknownOperationException",
    "AccessDeniedException",
    "InternalFailure",
    "ThrottlingException",
}
PYTHON = {
    "string": str,
    "integer": int,
    "long": int,
    "double": (int, float),
    "boolean": bool,
    "timestamp": (int, float),
    "blob": str,
    "list": list,
    "map": dict,
    "structure": dict,
}


class Service:
    """`rivulet api` behind botocore's serialiser and parser."""

    def __init__(self, program, *options):
        command = [program, "api", *options]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        self.micros = 0
        self.answered = {name: set() for name in MODELS}

    def wait(self, seconds):
        self.micros += int(seconds * 1_000_000)

    def send(self, target, body):
        """The answer as it is, to a request that botocore may not have written."""
        line = {"id": target, "at_micros": self.micros, "target": target, "body": body}
        self.process.stdin.write(json.dumps(line) + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        assert answer["id"] == target, answer
        return answer

    def call(self, name, **params):
        """What botocore makes of the answer. An answer the model does not allow is a failure."""
        service, _, name = name.rpartition(":")
        service = service or "kinesis"
        operation = MODELS[service].operation_model(name)
        request = SERIALIZER.serialize_to_request(params, operation)
        answer = self.send(request["headers"]["X-Amz-Target"], json.loads(request["body"]))
        body = answer["body"]
        length = int(answer["headers"]["Content-Length"])
        sent = json.dumps(body, separators=(",", ":"), ensure_ascii=False) if length else ""
        response = {
            "status_code": answer["status"],
            "headers": HeadersDict(answer["headers"]),
            "body": sent.encode(),
        }
        if operation.has_event_stream_output and answer["status"] == 200:
            return self.events(service, operation, body)
        parsed = PARSER.parse(response, operation.output_shape)
        meta = parsed["ResponseMetadata"]
        assert meta["RequestId"] == answer["headers"]["x-amzn-RequestId"], meta
        if answer["status"] == 200:
            self.answered[service].add(name)
            if operation.output_shape is None:
                assert body == {} and length == 0, f"{name} answers nothing, not {body}"
            else:
                compare(operation.output_shape, body, name)
        else:
            code = parsed["Error"]["Code"]
            listed = {shape.error_code for shape in operation.error_shapes}
            assert code in listed | COMMON, f"{name} never raises {code}"
        return parsed

    def events(self, service, operation, body):
        """A stream of events has no JSON of its own: each event is compared with its shape."""
        [(member, events)] = body.items()
        for event in events:
            compare(operation.output_shape.members[member], event, operation.name)
        self.answered[service].add(operation.name)
        return body

    def refuses(self, code, name, **params):
        parsed = self.call(name, **params)
        found = parsed.get("Error", {}).get("Code")
        assert found == code, f"{name}{params}: {found}, expected {code}: {parsed}"
        return parsed["Error"]["Message"]

    def close(self):
        self.process.stdin.close()
        assert self.process.wait(timeout=10) == 0, "the end of input is a good end"


def compare(shape, value, path):
    """Fails where a value is not what its shape allows."""
    kind = PYTHON[shape.type_name]
    assert isinstance(value, kind), f"{path} is {value!r}, not a {shape.type_name}"
    if shape.type_name == "structure":
        extra = value.keys() - shape.members.keys()
        assert not extra, f"{path} has {extra}, which the model does not know"
        missing = set(shape.required_members) - value.keys()
        assert not missing, f"{path} has no {missing}"
        for name, item in value.items():
            compare(shape.members[name], item, f"{path}.{name}")
    elif shape.type_name == "list":
        for at, item in enumerate(value):
            compare(shape.member, item, f"{path}[{at}]")
    elif shape.type_name == "string" and shape.enum:
        assert value in shape.enum, f"{path} is {value}, none of {shape.enum}"


def streams(service):
    """Creation, description, retention, tags, deletion."""
    service.call("CreateStream", StreamName="orders", ShardCount=2)
    service.refuses("ResourceInUseException", "CreateStream", StreamName="orders", ShardCount=1)
    service.refuses("LimitExceededException", "CreateStream", StreamName="huge", ShardCount=51)
    young = service.call("DescribeStream", StreamName="orders")["StreamDescription"]
    assert (young["StreamStatus"], young["Shards"]) == ("CREATING", []), young
    service.wait(1)
    stream = service.call("DescribeStreamSummary", StreamName="orders")
    summary = stream["StreamDescriptionSummary"]
    assert (summary["StreamStatus"], summary["OpenShardCount"]) == ("ACTIVE", 2), summary
    arn = summary["StreamARN"]
    service.call("CreateStream", StreamName="older", ShardCount=1)
    page = service.call("ListStreams", Limit=1)
    assert page["StreamNames"] == ["older"] and page["HasMoreStreams"], page
    page = service.call("ListStreams", NextToken=page["NextToken"])
    assert page["StreamNames"] == ["orders"] and not page["HasMoreStreams"], page
    service.refuses("InvalidArgumentException", "ListStreams", NextToken="orders")
    service.call("DeleteStream", StreamName="older")
    service.call("IncreaseStreamRetentionPeriod", StreamARN=arn, RetentionPeriodHours=48)
    again = service.call("DescribeStream", StreamARN=arn)["StreamDescription"]
    assert again["RetentionPeriodHours"] == 48, again
    service.refuses(
        "InvalidArgumentException",
        "DecreaseStreamRetentionPeriod",
        StreamName="orders",
        RetentionPeriodHours=72,
    )
    service.call("DecreaseStreamRetentionPeriod", StreamName="orders", RetentionPeriodHours=24)
    service.call("AddTagsToStream", StreamName="orders", Tags={"team": "blue", "stage": ""})
    tags = service.call("ListTagsForStream", StreamName="orders", Limit=1)
    assert tags["Tags"] == [{"Key": "stage", "Value": ""}] and tags["HasMoreTags"], tags
    service.call("RemoveTagsFromStream", StreamName="orders", TagKeys=["stage", "absent"])
    assert service.call("ListTagsForStream", StreamName="orders")["Tags"][0]["Key"] == "team"
    service.refuses("ResourceNotFoundException", "DescribeStream", StreamName="nowhere")
    service.call("CreateStream", StreamName="brief", ShardCount=1)
    service.wait(1)
    service.call("DeleteStream", StreamName="brief")
    service.wait(1)
    service.refuses("ResourceNotFoundException", "DeleteStream", StreamName="brief")


def records(service):
    """Puts and gets. `a` hashes into the lower half of the range, `b` into the upper one."""
    put = service.call("PutRecord", StreamName="orders", PartitionKey="a", Data=b"\x00one\xff")
    assert put["ShardId"] == "shardId-000000000000", put
    entries = [
        {"PartitionKey": "b", "Data": b"two"},
        {"PartitionKey": "b", "Data": b"three", "ExplicitHashKey": "0"},
    ]
    many = service.call("PutRecords", StreamName="orders", Records=entries)
    places = [(entry["ShardId"][-1], "SequenceNumber" in entry) for entry in many["Records"]]
    assert (many["FailedRecordCount"], places) == (0, [("1", True), ("0", True)]), many
    first = {"StreamName": "orders", "ShardId": put["ShardId"]}
    start = service.call("GetShardIterator", **first, ShardIteratorType="TRIM_HORIZON")
    got = service.call("GetRecords", ShardIterator=start["ShardIterator"])
    assert [record["Data"] for record in got["Records"]] == [b"\x00one\xff", b"three"], got
    assert got["MillisBehindLatest"] == 0 and got["NextShardIterator"], got
    record = got["Records"][0]
    assert record["SequenceNumber"] == put["SequenceNumber"], got
    after = service.call(
        "GetShardIterator",
        **first,
        ShardIteratorType="AFTER_SEQUENCE_NUMBER",
        StartingSequenceNumber=put["SequenceNumber"],
    )
    rest = service.call("GetRecords", ShardIterator=after["ShardIterator"], Limit=1)
    assert [record["Data"] for record in rest["Records"]] == [b"three"], rest
    since = record["ApproximateArrivalTimestamp"]
    at = service.call(
        "GetShardIterator", **first, ShardIteratorType="AT_TIMESTAMP", Timestamp=since
    )
    assert len(service.call("GetRecords", ShardIterator=at["ShardIterator"])["Records"]) == 2
    service.refuses("InvalidArgumentException", "GetRecords", ShardIterator="AAAA")
    service.wait(301)
    message = service.refuses(
        "ExpiredIteratorException", "GetRecords", ShardIterator=at["ShardIterator"]
    )
    assert message.endswith("the tolerated delay of 300000 milliseconds."), message
    service.refuses(
        "ResourceNotFoundException", "PutRecord", StreamName="no", PartitionKey="a", Data=b""
    )
    flood = [{"PartitionKey": "a", "Data": b"x"}] * 500
    for _ in range(3):
        last = service.call("PutRecords", StreamName="orders", Records=flood)
    codes = {entry.get("ErrorCode") for entry in last["Records"]}
    assert codes == {"ProvisionedThroughputExceededException"}, codes
    assert last["FailedRecordCount"] == 500, last
    service.refuses(
        "ProvisionedThroughputExceededException",
        "PutRecord",
        StreamName="orders",
        PartitionKey="a",
        Data=b"",
    )


def shards(service):
    """Splitting, merging and listing, page by page."""
    half = str(2**126)
    split = {"StreamName": "orders", "ShardToSplit": "shardId-000000000000"}
    service.call("SplitShard", **split, NewStartingHashKey=half)
    service.refuses("ResourceInUseException", "SplitShard", **split, NewStartingHashKey=half)
    service.wait(1)
    before = service.call("ListShards", StreamName="orders", ShardFilter={"Type": "AT_LATEST"})
    assert [shard["ShardId"][-1] for shard in before["Shards"]] == ["1", "2", "3"], before
    service.call(
        "MergeShards",
        StreamName="orders",
        ShardToMerge="shardId-000000000002",
        AdjacentShardToMerge="shardId-000000000003",
    )
    service.wait(1)
    found, page = [], service.call("ListShards", StreamName="orders", MaxResults=2)
    while True:
        found += [shard["ShardId"][-1] for shard in page["Shards"]]
        if "NextToken" not in page:
            break
        page = service.call("ListShards", NextToken=page["NextToken"], MaxResults=2)
    assert found == ["0", "1", "2", "3", "4"], found
    service.refuses("InvalidArgumentException", "ListShards")
    parent = {"StreamName": "orders", "ShardId": "shardId-000000000002"}
    end = service.call("GetShardIterator", **parent, ShardIteratorType="LATEST")
    got = service.call("GetRecords", ShardIterator=end["ShardIterator"])
    assert "NextShardIterator" not in got, got
    assert got["ChildShards"][0]["ParentShards"] == [parent["ShardId"], "shardId-000000000003"]


def settings(service):
    """Scaling, encryption, monitoring, mode and limits."""
    name = {"StreamName": "orders"}
    scaled = service.call(
        "UpdateShardCount", **name, TargetShardCount=4, ScalingType="UNIFORM_SCALING"
    )
    counts = (scaled["CurrentShardCount"], scaled["TargetShardCount"])
    assert counts == (2, 4) and scaled["StreamName"] == "orders", scaled
    service.wait(600)
    service.refuses(
        "InvalidArgumentException",
        "UpdateShardCount",
        **name,
        TargetShardCount=9,
        ScalingType="UNIFORM_SCALING",
    )
    key = {"EncryptionType": "KMS", "KeyId": "alias/aws/kinesis"}
    service.call("StartStreamEncryption", **name, **key)
    service.refuses("ResourceInUseException", "StopStreamEncryption", **name, **key)
    service.wait(60)
    stream = service.call("DescribeStream", **name)["StreamDescription"]
    assert (stream["EncryptionType"], stream["KeyId"]) == ("KMS", "alias/aws/kinesis"), stream
    put = service.call("PutRecord", **name, PartitionKey="a", Data=b"secret")
    assert put["EncryptionType"] == "KMS", put
    start = service.call(
        "GetShardIterator",
        **name,
        ShardId=put["ShardId"],
        ShardIteratorType="AT_SEQUENCE_NUMBER",
        StartingSequenceNumber=put["SequenceNumber"],
    )
    got = service.call("GetRecords", ShardIterator=start["ShardIterator"])["Records"]
    assert (got[0]["EncryptionType"], got[0]["Data"]) == ("KMS", b"secret"), got
    service.call("StopStreamEncryption", **name, **key)
    service.wait(60)
    metrics = ["IncomingBytes", "OutgoingRecords"]
    on = service.call("EnableEnhancedMonitoring", **name, ShardLevelMetrics=metrics)
    assert sorted(on["DesiredShardLevelMetrics"]) == metrics, on
    service.wait(60)
    off = service.call("DisableEnhancedMonitoring", **name, ShardLevelMetrics=["ALL"])
    lists = (sorted(off["CurrentShardLevelMetrics"]), off["DesiredShardLevelMetrics"])
    assert lists == (metrics, []), off
    service.wait(60)
    arn = stream["StreamARN"]
    for mode in ["ON_DEMAND", "PROVISIONED"]:
        service.call("UpdateStreamMode", StreamARN=arn, StreamModeDetails={"StreamMode": mode})
        service.wait(60)
        summary = service.call("DescribeStreamSummary", **name)["StreamDescriptionSummary"]
        assert summary["StreamModeDetails"]["StreamMode"] == mode, summary
    limits = service.call("DescribeLimits")
    assert (limits["ShardLimit"], limits["OpenShardCount"]) == (50, 4), limits


def consumers(service):
    """Enhanced fan-out: the pushed events come as one list."""
    stream = service.call("DescribeStreamSummary", StreamName="orders")
    arn = stream["StreamDescriptionSummary"]["StreamARN"]
    made = service.call("RegisterStreamConsumer", StreamARN=arn, ConsumerName="app")["Consumer"]
    assert made["ConsumerARN"].startswith(f"{arn}/consumer/app:"), made
    assert made["ConsumerStatus"] == "CREATING", made
    taken = {"StreamARN": arn, "ConsumerName": "app"}
    service.refuses("ResourceInUseException", "RegisterStreamConsumer", **taken)
    service.wait(60)
    found = service.call("DescribeStreamConsumer", ConsumerARN=made["ConsumerARN"])
    assert found["ConsumerDescription"]["ConsumerStatus"] == "ACTIVE", found
    listed = service.call("ListStreamConsumers", StreamARN=arn)["Consumers"]
    assert [one["ConsumerName"] for one in listed] == ["app"], listed
    put = service.call("PutRecord", StreamARN=arn, PartitionKey="a", Data=b"pushed")
    position = {"Type": "AT_SEQUENCE_NUMBER", "SequenceNumber": put["SequenceNumber"]}
    ask = {"ConsumerARN": made["ConsumerARN"], "ShardId": put["ShardId"]}
    ask["StartingPosition"] = position
    service.refuses("DryRunOperationException", "SubscribeToShard", DryRun=True, **ask)
    service.call("SubscribeToShard", **ask)
    service.refuses("ResourceInUseException", "DeleteStream", StreamName="orders")
    service.call("DeregisterStreamConsumer", ConsumerARN=made["ConsumerARN"])
    service.wait(60)
    service.refuses(
        "ResourceNotFoundException", "DescribeStreamConsumer", ConsumerARN=made["ConsumerARN"]
    )


ROLE = "arn:aws:iam::123456789012:role/delivery"
KEY = "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BUCKET = {"RoleARN": ROLE, "BucketARN": "arn:aws:s3:::lake"}
HINTS = {"SizeInMBs": 64, "IntervalInSeconds": 120}
LOGGING = {"Enabled": True, "LogGroupName": "/aws/kinesisfirehose/x", "LogStreamName": "S3"}


def processor(kind, **parameters):
    pairs = [{"ParameterName": name, "ParameterValue": value} for name, value in parameters.items()]
    return {"Type": kind, "Parameters": pairs}


def destinations():
    """One configuration of each type, with most of what the model knows of it."""
    beside = {**BUCKET, "Prefix": "raw/", "BufferingHints": HINTS, "CompressionFormat": "GZIP"}
    processing = {
        "Enabled": True,
        "Processors": [
            processor(
                "Lambda",
                LambdaArn="arn:aws:lambda:us-east-1:123456789012:function:redactor:$LATEST",
                NumberOfRetries="2",
                RoleArn=ROLE,
                BufferSizeInMBs="0.5",
                BufferIntervalInSeconds="30",
            ),
            processor("AppendDelimiterToRecord", Delimiter="\\n"),
        ],
    }
    secrets = "arn:aws:secretsmanager:us-east-1:123456789012:secret:token-AbCdEf"
    search = {
        "RoleARN": ROLE,
        "DomainARN": "arn:aws:es:us-east-1:123456789012:domain/search",
        "IndexName": "orders",
        "IndexRotationPeriod": "OneWeek",
        "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 100},
        "RetryOptions": {"DurationInSeconds": 7200},
        "S3BackupMode": "AllDocuments",
        "S3Configuration": beside,
        "VpcConfiguration": {
            "SubnetIds": ["subnet-1"],
            "RoleARN": ROLE,
            "SecurityGroupIds": ["sg-1"],
        },
        "DocumentIdOptions": {"DefaultDocumentIdFormat": "NO_DOCUMENT_ID"},
    }
    jdbc = "jdbc:redshift://cluster.c1x2.us-east-1.redshift.amazonaws.com:5439/dev"
    return {
        "S3": BUCKET,
        "ExtendedS3": {
            **BUCKET,
            "Prefix": "c=!{partitionKeyFromQuery:c}/",
            "ErrorOutputPrefix": "errors/!{firehose:error-output-type}/",
            "BufferingHints": HINTS,
            "EncryptionConfiguration": {"KMSEncryptionConfig": {"AWSKMSKeyARN": KEY}},
            "CloudWatchLoggingOptions": LOGGING,
            "ProcessingConfiguration": {
                "Enabled": True,
                "Processors": [
                    processor("RecordDeAggregation", SubRecordType="DELIMITED", Delimiter="Cg=="),
                    processor(
                        "MetadataExtraction",
                        MetadataExtractionQuery="{c: .c}",
                        JsonParsingEngine="JQ-1.6",
                    ),
                ],
            },
            "S3BackupMode": "Enabled",
            "S3BackupConfiguration": {**BUCKET, "BucketARN": "arn:aws:s3:::source"},
            "DynamicPartitioningConfiguration": {
                "RetryOptions": {"DurationInSeconds": 60},
                "Enabled": True,
            },
            "FileExtension": ".json",
            "CustomTimeZone": "UTC",
        },
        "Redshift": {
            "RoleARN": ROLE,
            "ClusterJDBCURL": jdbc,
            "CopyCommand": {"DataTableName": "t", "CopyOptions": "json 'auto'"},
            "Username": "loader",
            "Password": "Secret1",
            "RetryOptions": {"DurationInSeconds": 0},
            "S3Configuration": BUCKET,
            "ProcessingConfiguration": processing,
        },
        "Elasticsearch": search,
        "Amazonopensearchservice": search,
        "Splunk": {
            "HECEndpoint": "https://splunk:8088",
            "HECEndpointType": "Event",
            "HECAcknowledgmentTimeoutInSeconds": 300,
            "S3BackupMode": "AllEvents",
            "S3Configuration": beside,
            "SecretsManagerConfiguration": {"SecretARN": secrets, "Enabled": True},
        },
        "HttpEndpoint": {
            "EndpointConfiguration": {
                "Url": "https://collector.example/in",
                "Name": "collector",
                "AccessKey": "key",
            },
            "RequestConfiguration": {
                "ContentEncoding": "GZIP",
                "CommonAttributes": [{"AttributeName": "team", "AttributeValue": "blue"}],
            },
            "RoleARN": ROLE,
            "S3Configuration": beside,
            "ProcessingConfiguration": processing,
        },
    }


def said(asked, told, path):
    """Everything that was asked for is described again, but for what descriptions leave out."""
    names = {
        "S3Configuration": "S3DestinationDescription",
        "S3BackupConfiguration": "S3BackupDescription",
        "VpcConfiguration": "VpcConfigurationDescription",
    }
    for name, value in asked.items():
        if name in ["Password", "AccessKey"]:
            assert name not in told, f"{path} tells its {name}"
            continue
        name = names.get(name, name)
        if isinstance(value, dict):
            said(value, told[name], f"{path}.{name}")
        else:
            assert told[name] == value, f"{path}.{name} is {told[name]}, not {value}"


def deliveries(service):
    """Firehose streams of every destination: made, described, listed, deleted."""
    for stem, asked in destinations().items():
        name = {"DeliveryStreamName": f"to-{stem}"}
        configuration = {f"{stem}DestinationConfiguration": asked}
        service.call("firehose:CreateDeliveryStream", **name, **configuration)
        service.wait(1)
        told = service.call("firehose:DescribeDeliveryStream", **name)
        told = told["DeliveryStreamDescription"]
        assert (told["DeliveryStreamStatus"], told["VersionId"]) == ("ACTIVE", "1"), told
        [destination] = told["Destinations"]
        said(asked, destination[f"{stem}DestinationDescription"], stem)
        put = service.call("firehose:PutRecord", **name, Record={"Data": b'{"c": "x"}\n'})
        assert put["RecordId"] and put["Encrypted"] is False, put
    page = service.call("firehose:ListDeliveryStreams", Limit=5)
    assert len(page["DeliveryStreamNames"]) == 5 and page["HasMoreDeliveryStreams"], page
    last = page["DeliveryStreamNames"][-1]
    rest = service.call("firehose:ListDeliveryStreams", ExclusiveStartDeliveryStreamName=last)
    assert rest["DeliveryStreamNames"] == ["to-S3", "to-Splunk"], rest
    service.wait(1)
    for stem in destinations():
        name = {"DeliveryStreamName": f"to-{stem}"}
        service.call("firehose:DeleteDeliveryStream", **name, AllowForceDelete=True)
        service.wait(1)
        service.refuses("ResourceNotFoundException", "firehose:DescribeDeliveryStream", **name)


def delivery(service):
    """One Firehose stream: its destination, its tags, its encryption, and what it refuses."""
    name = {"DeliveryStreamName": "orders"}
    twice = {
        "S3DestinationConfiguration": BUCKET,
        "ExtendedS3DestinationConfiguration": BUCKET,
    }
    create = "firehose:CreateDeliveryStream"
    service.refuses("InvalidArgumentException", create, **name, **twice)
    one = {"S3DestinationConfiguration": BUCKET}
    key = {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": KEY}
    abroad = {**key, "KeyARN": KEY.replace("us-east-1", "eu-west-1")}
    encryption = "DeliveryStreamEncryptionConfigurationInput"
    service.refuses("InvalidKMSResourceException", create, **name, **one, **{encryption: abroad})
    tags = [{"Key": "team", "Value": "blue"}]
    service.call(create, **name, **one, Tags=tags)
    service.refuses("ResourceInUseException", "firehose:DeleteDeliveryStream", **name)
    service.wait(1)
    service.refuses("ResourceInUseException", create, **name, **one)
    service.call("firehose:TagDeliveryStream", **name, Tags=[{"Key": "stage"}])
    service.call("firehose:UntagDeliveryStream", **name, TagKeys=["stage"])
    assert service.call("firehose:ListTagsForDeliveryStream", **name)["Tags"] == tags
    service.call("firehose:StartDeliveryStreamEncryption", **name, **{encryption: key})
    service.wait(10)
    records = [{"Data": b"a"}, {"Data": b"b"}]
    put = service.call("firehose:PutRecordBatch", **name, Records=records)
    assert (put["FailedPutCount"], put["Encrypted"]) == (0, True), put
    assert len({entry["RecordId"] for entry in put["RequestResponses"]}) == 2, put
    service.call("firehose:StopDeliveryStreamEncryption", **name)
    update = {**name, "DestinationId": "destinationId-000000000001"}
    change = {"ExtendedS3DestinationUpdate": {"Prefix": "p/", "CloudWatchLoggingOptions": LOGGING}}
    service.refuses(
        "ConcurrentModificationException",
        "firehose:UpdateDestination",
        **update,
        **change,
        CurrentDeliveryStreamVersionId="7",
    )
    service.call(
        "firehose:UpdateDestination", **update, **change, CurrentDeliveryStreamVersionId="1"
    )
    told = service.call("firehose:DescribeDeliveryStream", **name)["DeliveryStreamDescription"]
    now = told["Destinations"][0]["ExtendedS3DestinationDescription"]
    assert (told["VersionId"], now["Prefix"], now["BucketARN"]) == ("2", "p/", BUCKET["BucketARN"])
    assert now["CloudWatchLoggingOptions"] == LOGGING, now
    flood = [{"Data": b"x" * 8000}] * 500
    for _ in range(2):
        last = service.call("firehose:PutRecordBatch", **name, Records=flood)
    codes = {entry.get("ErrorCode") for entry in last["RequestResponses"]}
    assert last["FailedPutCount"] > 0 and "ServiceUnavailableException" in codes, codes
    for _ in range(5):
        service.call("firehose:ListDeliveryStreams")
    service.refuses("ThrottlingException", "firehose:ListDeliveryStreams")
    service.call("CreateStream", StreamName="source", ShardCount=1)
    service.wait(1)
    arn = service.call("DescribeStreamSummary", StreamName="source")
    arn = arn["StreamDescriptionSummary"]["StreamARN"]
    name = {"DeliveryStreamName": "reader"}
    source = {"KinesisStreamARN": arn, "RoleARN": ROLE}
    service.call(
        create,
        **name,
        **one,
        DeliveryStreamType="KinesisStreamAsSource",
        KinesisStreamSourceConfiguration=source,
    )
    service.wait(1)
    message = service.refuses(
        "InvalidArgumentException", "firehose:PutRecord", **name, Record={"Data": b""}
    )
    assert message.endswith("on KinesisStreamAsSource delivery stream type."), message
    told = service.call("firehose:DescribeDeliveryStream", **name)["DeliveryStreamDescription"]
    told = told["Source"]["KinesisStreamSourceDescription"]
    assert (told["KinesisStreamARN"], told["RoleARN"]) == (arn, ROLE), told


def lower(name):
    return name[0].lower() + name[1:]


def broken(shape):
    """Values that break one constraint of a shape each."""
    facts = shape.metadata
    if shape.type_name in ["integer", "double"]:
        yield from [facts["min"] - 1] if "min" in facts else []
        yield from [facts["max"] + 1] if facts.get("max", 2**31) < 2**31 else []
    elif shape.type_name == "string" and shape.enum:
        yield "nope"
    elif shape.type_name == "string":
        yield from [""] if facts.get("min") else []
        yield from ["a" * (facts["max"] + 1)] if "max" in facts else []
        yield from ["\n:"] if "pattern" in facts else []


def violations(shape, value, place, path):
    """Requests that break one constraint each: where, and what stands there instead. None: it
    is missing. `place` is the way through the request, `path` what the service calls it."""
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            there = path + [lower(name)]
            if name in shape.required_members:
                yield place + [name], there, None
            if name in value:
                yield from violations(member, value[name], place + [name], there)
    elif shape.type_name == "list":
        facts = shape.metadata
        yield from [(place, path, [])] if facts.get("min") else []
        yield from [(place, path, value * (facts["max"] + 1))] if "max" in facts else []
        if shape.member.type_name == "structure":
            there = path + ["1", "member"]
            yield from violations(shape.member, value[0], place + [0], there)
        else:
            yield from ((place, path, [wrong]) for wrong in broken(shape.member))
    elif shape.type_name != "map":
        yield from ((place, path, wrong) for wrong in broken(shape))


def changed(request, place, value):
    request = json.loads(json.dumps(request))
    inner = request
    for name in place[:-1]:
        inner = inner[name]
    if value is None:
        del inner[place[-1]]
    else:
        inner[place[-1]] = value
    return request


def constraints(service):
    """Every constraint the model has on what is simulated is kept: one broken at a time."""
    name = {"DeliveryStreamName": "never"}
    tags = [{"Key": "k", "Value": "v"}]
    source = {"KinesisStreamARN": "arn:aws:kinesis:us-east-1:123456789012:stream/s"}
    more = {
        "DeliveryStreamType": "DirectPut",
        "DirectPutSourceConfiguration": {"ThroughputHintInMBs": 1},
        "KinesisStreamSourceConfiguration": {**source, "RoleARN": ROLE},
        "DeliveryStreamEncryptionConfigurationInput": {"KeyType": "AWS_OWNED_CMK", "KeyARN": KEY},
        "Tags": tags,
    }
    serde = {"ParquetSerDe": PARQUET, "OrcSerDe": ORC}
    openx = {"OpenXJsonSerDe": {"CaseInsensitive": True}}
    conversion = {
        "SchemaConfiguration": dict.fromkeys(
            ["RoleARN", "CatalogId", "DatabaseName", "TableName", "Region", "VersionId"], "x"
        ),
        "InputFormatConfiguration": {"Deserializer": openx},
        "OutputFormatConfiguration": {"Serializer": serde},
    }
    version = {
        "CurrentDeliveryStreamVersionId": "1",
        "DestinationId": "destinationId-000000000001",
    }
    cases = [
        ("DeleteDeliveryStream", name),
        ("DescribeDeliveryStream", {**name, "Limit": 1, "ExclusiveStartDestinationId": "d"}),
        (
            "ListDeliveryStreams",
            {
                "Limit": 1,
                "DeliveryStreamType": "DirectPut",
                "ExclusiveStartDeliveryStreamName": "n",
            },
        ),
        ("ListTagsForDeliveryStream", {**name, "Limit": 1, "ExclusiveStartTagKey": "k"}),
        ("TagDeliveryStream", {**name, "Tags": tags}),
        ("UntagDeliveryStream", {**name, "TagKeys": ["k"]}),
        ("StopDeliveryStreamEncryption", name),
        ("CreateDeliveryStream", {**name, **more}),
        ("UpdateDestination", {**name, **version}),
    ]
    for stem, asked in destinations().items():
        asked = {**asked}
        if stem == "ExtendedS3":
            asked["DataFormatConversionConfiguration"] = conversion
        cases.append(("CreateDeliveryStream", {**name, f"{stem}DestinationConfiguration": asked}))
        update = {
            {
                "S3Configuration": "S3Update",
                "S3BackupConfiguration": "S3BackupUpdate",
            }.get(member, member): value
            for member, value in asked.items()
            if member != "VpcConfiguration"
        }
        cases.append(
            ("UpdateDestination", {**name, **version, f"{stem}DestinationUpdate": update})
        )
    count = 0
    for operation, request in cases:
        shape = MODELS["firehose"].operation_model(operation).input_shape
        for place, path, value in violations(shape, request, [], []):
            if value is None and place[0] not in request:
                continue
            wrong = changed(request, place, value)
            answer = service.send(f"Firehose_20150804.{operation}", wrong)["body"]
            message = answer.get("message", "")
            told = answer.get("__type") == "ValidationException"
            assert told and f"'{'.'.join(path)}'" in message, f"{operation} {path}: {answer}"
            count += 1
    print(f"firehose: {count} broken constraints refused")


PARQUET = {
    "BlockSizeBytes": 67108864,
    "PageSizeBytes": 65536,
    "Compression": "GZIP",
    "MaxPaddingBytes": 0,
    "WriterVersion": "V1",
}
ORC = {
    "StripeSizeBytes": 8388608,
    "BlockSizeBytes": 67108864,
    "RowIndexStride": 1000,
    "PaddingTolerance": 0.5,
    "Compression": "ZLIB",
    "BloomFilterColumns": ["c"],
    "BloomFilterFalsePositiveProbability": 0.5,
    "DictionaryKeyThreshold": 0.5,
    "FormatVersion": "V0_12",
}


def main(program):
    service = Service(program)
    for group in [streams, records, shards, settings, consumers, deliveries, delivery, constraints]:
        group(service)
    service.close()
    for name, answered in service.answered.items():
        count = len(answered)
        assert count == OPERATIONS[name], f"{count} of {name}, expected {OPERATIONS[name]}"
        print(f"{name}: {count} operations passed, 0 failed: {', '.join(sorted(answered))}")


if __name__ == "__main__":
    main(sys.argv[1])
