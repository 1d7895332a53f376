-- GET of the tree by people who log in, one after the other. Arguments: folder with tokens.txt, path, and the tag they have.
local tokens, path, tag, at = {}, "", nil, 0

function init(args)
  for token in io.lines(args[1] .. "/tokens.txt") do tokens[#tokens + 1] = token end
  path, tag = args[2], args[3]
end

function request()
  at = at % #tokens + 1
  local headers = { ["Authorization"] = "Bearer " .. tokens[at] }
  if tag then headers["If-None-Match"] = tag end
  return wrk.format("GET", path, headers)
end
