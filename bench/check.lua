-- For wrk: compares every answer with the bytes that are due, and prints what was counted as JSON.
--
--   wrk ... -s check.lua URL -- FILE [BODY]
--
-- FILE holds the body that is due; BODY, if given, is sent by POST.
local threads = {}
wrong = 0

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read("*a")
  file:close()
  return bytes
end

function setup(thread) table.insert(threads, thread) end

function init(args)
  due = read(args[1])
  if args[2] then
    wrk.method = "POST"
    wrk.body = read(args[2])
  end
end

function response(status, headers, body)
  if status ~= 200 or body ~= due then wrong = wrong + 1 end
end

function done(summary, latency, requests)
  local sum = 0
  for _, thread in ipairs(threads) do sum = sum + thread:get("wrong") end
  local broken = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "seconds": %.6f, "p50": %.1f, "p99": %.1f, "wrong": %d, "broken": %d, "late": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), sum,
    broken.connect + broken.read + broken.write, broken.timeout))
end
