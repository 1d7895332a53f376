-- POST of a new person each time. Arguments: folder with body.json, numbers.txt and token.txt; path; first number.
local body, numbers, headers, path, at = "", {}, {}, "", 0

function init(args)
  body = io.open(args[1] .. "/body.json"):read("*a")
  for number in io.lines(args[1] .. "/numbers.txt") do numbers[#numbers + 1] = number end
  headers["Authorization"] = "Bearer " .. io.open(args[1] .. "/token.txt"):read("*a")
  headers["Content-Type"] = "application/json"
  path, at = args[2], tonumber(args[3])
end

function request()
  headers["Idempotency-Key"] = "bench-" .. at
  return wrk.format("POST", path, headers, (body:gsub("BIRTH(.-)NUMBER", function(between)
    at = at + 1
    local number = numbers[at]
    return number:sub(7, 10) .. "-" .. number:sub(11, 12) .. "-" .. number:sub(13, 14) .. between .. number
  end)))
end
