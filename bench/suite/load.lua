-- One request after the other, as the environment says; each POST under a key of its own, for an item of the list in turn.
local method = os.getenv('BENCH_METHOD') or 'GET'
local path = os.getenv('BENCH_PATH') or '/'
local body = os.getenv('BENCH_BODY')
local prefix = os.getenv('BENCH_KEY_PREFIX')
local items = tonumber(os.getenv('BENCH_ITEMS') or '1')

local KEY = 'KEYKEYKEYKEY'
local ITEM = 'ITEMXXXX'

local heads, tails, count = {}, {}, 0

function init()
  local headers = {}
  headers['Host'] = wrk.headers['Host']
  headers['Authorization'] = os.getenv('BENCH_AUTHORIZATION')
  if body then headers['Content-Type'] = 'application/json' end
  if prefix then headers['Idempotency-Key'] = prefix .. KEY end
  for n = 1, items do
    -- As long as what it stands for, so that the length of the body stays right.
    local item = string.format('%08d', n)
    local whole = wrk.format(method, (path:gsub(ITEM, item)), headers, body and (body:gsub(ITEM, item)))
    local from, to = whole:find(KEY, 1, true)
    heads[n] = from and whole:sub(1, from - 1) or whole
    tails[n] = from and whole:sub(to + 1) or nil
  end
end

function request()
  count = count + 1
  local n = (count - 1) % items + 1
  local tail = tails[n]
  return tail and (heads[n] .. string.format('%012d', count) .. tail) or heads[n]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'BENCH{"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50us":%d,"p99us":%d}\n',
    summary.requests, summary.duration, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
