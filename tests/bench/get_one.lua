-- GET of one address, again and again. Arguments: folder with token.txt, the address.
local headers, address = {}, ""

function init(args)
  headers["Authorization"] = "Bearer " .. io.open(args[1] .. "/token.txt"):read("*a")
  address = args[2]
end

function request()
  return wrk.format("GET", address, headers)
end
