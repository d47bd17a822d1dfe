-- For wrk: looks at every answer and reports how many were not the 12 bytes of bench/hello.py.
local threads = {}
wrong = 0

function setup(thread) table.insert(threads, thread) end

function response(status, headers, body)
  if status ~= 200 or body ~= "Hello world\n" then wrong = wrong + 1 end
end

function done()
  local sum = 0
  for _, thread in ipairs(threads) do sum = sum + thread:get("wrong") end
  io.write("wrong answers: " .. sum .. "\n")
end
