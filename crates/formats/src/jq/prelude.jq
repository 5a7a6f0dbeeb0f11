# Functions of jq 1.6 that are defined in jq, as its manual and builtin.jq describe them.

def null: [][0];
def error($message): $message | error_empty as $x | .;
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type == "array" or type == "object");
def scalars: select(type != "array" and type != "object");
def finites: select(isinfinite or isnan | not);
def normals: select(isnormal);

def add: reduce .[] as $x (null; . + $x);
def keys: keys_unsorted | sort;
def to_entries: [key_values[] as [$key, $value] | {$key, $value}];
def from_entries:
  reduce .[] as $x ({}; . + { ($x | if .key == null then .k // .name // .Name // .K // .Key
                                    else .key end
                                  | if type == "string" then . else tojson end):
                              ($x | if has("value") then .value
                                    elif has("Value") then .Value else .v end) });
def with_entries(f): to_entries | map(f) | from_entries;
def join($by):
  reduce .[] as $x (null;
    (if . == null then "" else . + $by end)
    + ($x | if type == "boolean" or type == "number" then tojson else . // "" end)) // "";
def _flatten($depth):
  reduce .[] as $x ([];
    if ($x | type) == "array" and $depth != 0 then . + ($x | _flatten($depth - 1))
    else . + [$x] end);
def flatten($depth): if $depth < 0 then error("flatten depth must not be negative")
                     else _flatten($depth) end;
def flatten: _flatten(-1);
def in(xs): . as $x | xs | has($x);
def inside(xs): . as $x | xs | contains($x);
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1:] | .[0];
def first: .[0];
def last: .[-1];
def map_values(f): .[] |= f;
def recurse_down: recurse;
def leaf_paths: paths(scalars);
def ascii_only: explode | all(. < 128);
def walk(f):
  def rec:
    if type == "object" then . as $in
      | reduce keys_unsorted[] as $key ({}; . + { ($key): ($in[$key] | rec) }) | f
    elif type == "array" then map(rec) | f
    else f end;
  rec;
def getpath($path): reduce $path[] as $p (.; if . == null then null else .[$p] end);
def combinations:
  if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;

def sort_by(f): [.[] | [[f], .]] | _sort_pairs | map(.[1]);
def group_by(f): [.[] | [[f], .]] | _sort_pairs | _group_pairs;
def unique_by(f): [group_by(f)[] | .[0]];
def unique: sort | unique_by(.);
def min_by(f): sort_by(f) | .[0];
def max_by(f): sort_by(f) | .[-1:] | .[0];
def min: min_by(.);
def max: max_by(.);
def transpose: [range([.[] | length] | max // 0) as $i | [.[][$i]]];

def todate: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdateiso8601: strptime("%Y-%m-%dT%H:%M:%SZ") | mktime;
def todateiso8601: strftime("%Y-%m-%dT%H:%M:%SZ");
def fromdate: fromdateiso8601;
def date: todate;
def dateadd(u; n): . + n;
def datesub(u; n): . - n;

def match($re; $flags): _match($re; $flags)[];
def match($val):
  if ($val | type) == "array" then match($val[0]; $val[1] // "") else match($val; "") end;
def test($re; $flags): _match($re; $flags) | length > 0;
def test($val):
  if ($val | type) == "array" then test($val[0]; $val[1] // "") else test($val; "") end;
def _captures: [.captures[] | select(.name != null) | { (.name): .string }] | add + {};
def capture($re; $flags): match($re; $flags) | _captures;
def capture($val): match($val) | _captures;
def scan($re): match($re; "g") | if (.captures | length) > 0 then [.captures[].string]
                                 else .string end;
def _gaps($matches):
  . as $text | [0, ($matches[] | .offset + .length)] as $from
  | [($matches[].offset), ($text | length)] as $upto
  | [range($from | length) as $i | $text[$from[$i]:$upto[$i]]];
def split($re; $flags): _gaps(_match($re; $flags + "g"));
def split($by): _split($by);
def splits($re; flags): split($re; flags)[];
def splits($re): splits($re; null);
def sub($re; f; $flags):
  . as $text | [match($re; $flags)] as $matches
  | ($text | _gaps($matches)) as $gaps
  | reduce range($matches | length) as $i ($gaps[0];
      . + ($matches[$i] | _captures | f) + $gaps[$i + 1]);
def sub($re; f): sub($re; f; "");
def gsub($re; f; $flags): sub($re; f; $flags + "g");
def gsub($re; f): sub($re; f; "g");
def ascii: [.] | implode;

def IN(xs): . as $x | any(xs; . == $x);
def IN(source; xs): any(source == xs; .);
def INDEX(stream; key): reduce stream as $row ({}; .[$row | key | tostring] |= $row);
def INDEX(key): INDEX(.[]; key);

def @text: tostring;
def @json: tojson;
