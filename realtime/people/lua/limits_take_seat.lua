-- Seats of a key: HASH process -> number.
local sum = 0
for _, number in ipairs(redis.call('HVALS', KEYS[1])) do sum = sum + number end
if sum >= tonumber(ARGV[2]) then return 0 end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
return 1
