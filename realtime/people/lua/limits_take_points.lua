-- A bucket: HASH points, at. It expires when it would be full.
local rate, burst, wanted, least = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local now = now_ms(ARGV[5])
local points, at = unpack(redis.call('HMGET', KEYS[1], 'points', 'at'))
points, at = tonumber(points or burst), tonumber(at or now)
points = math.min(burst, points + math.max(0, now - at) / 1000 * rate)
least = math.min(least, burst)
local taken, wait = 0, 0
if points < least then
  wait = math.floor((least - points) / rate * 1000) + 1
else
  taken = math.min(wanted, points)
  points = points - taken
end
redis.call('HSET', KEYS[1], 'points', tostring(points), 'at', string.format('%.0f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - points) / rate * 1000) + 1000)
return {tostring(taken), wait}
