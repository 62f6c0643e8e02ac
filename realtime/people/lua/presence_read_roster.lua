if found[1] > tonumber(ARGV[1]) then return {found, false} end
local list = {}
local entries = redis.call('HGETALL', people)
for i = 1, #entries, 2 do
  local person = cjson.decode(entries[i + 1])
  list[#list + 1] = {entries[i], person.n, person.d, shown(strongest(person.p)) == 'away' and 1 or 0}
end
return {found, list}
