-- POST of the same body each time under a new key. Arguments: folder with token.txt; path; file of the body; first key.
local body, headers, path, at = "", {}, "", 0

function init(args)
  body = io.open(args[1] .. "/" .. args[3]):read("*a")
  headers["Authorization"] = "Bearer " .. io.open(args[1] .. "/token.txt"):read("*a")
  headers["Content-Type"] = "application/json"
  path, at = args[2], tonumber(args[4])
end

function request()
  at = at + 1
  headers["Idempotency-Key"] = "bench-" .. at
  return wrk.format("POST", path, headers, body)
end
