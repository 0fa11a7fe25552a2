-- Makes wrk repeat the requests of a file, separated by NUL, and count the response statuses.
local threads, requests, last_index = {}, {}, 0
statuses = {}

function setup(thread) threads[#threads + 1] = thread end

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  for request in file:read("*a"):gmatch("[^%z]+") do requests[#requests + 1] = request end
  file:close()
end

function request()
  last_index = last_index % #requests + 1
  return requests[last_index]
end

function response(status) statuses[status] = (statuses[status] or 0) + 1 end

function done(summary, latency)
  local counts, errors = {}, summary.errors
  for status, count in pairs(threads[1]:get("statuses")) do
    counts[#counts + 1] = string.format('"%d": %d', status, count)
  end
  print(string.format(
    '\n{"seconds": %f, "p50_ms": %f, "p99_ms": %f, "lost": %d, "statuses": {%s}}',
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.timeout, table.concat(counts, ", ")))
end
