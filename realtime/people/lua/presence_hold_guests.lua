local process, number = ARGV[1], tonumber(ARGV[2])
local before = tonumber(redis.call('HGET', guests, process) or 0)
if number == 0 then redis.call('HDEL', guests, process) else redis.call('HSET', guests, process, number) end
return {counts(false, number ~= before, ARGV[3])}
