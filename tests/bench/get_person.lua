-- GET of a random person. Arguments: folder with ids.txt and token.txt, path before the id.
local ids, headers, prefix = {}, {}, ""

function init(args)
  for id in io.lines(args[1] .. "/ids.txt") do ids[#ids + 1] = id end
  headers["Authorization"] = "Bearer " .. io.open(args[1] .. "/token.txt"):read("*a")
  prefix = args[2]
  math.randomseed(os.time())
end

function request()
  return wrk.format("GET", prefix .. ids[math.random(#ids)], headers)
end
