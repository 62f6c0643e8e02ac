local number = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0)
if number > 1 then
  redis.call('HINCRBY', KEYS[1], ARGV[1], -1)
else
  redis.call('HDEL', KEYS[1], ARGV[1])
end
return number - 1
