-- claims: HASH process -> end. Only dead ones that nobody is clearing away are handed out.
local now = now_ms(ARGV[2])
local dead = {}
for _, process in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now)) do
  local ends = redis.call('HGET', KEYS[2], process)
  if not ends or tonumber(ends) <= now then
    redis.call('HSET', KEYS[2], process, now + ARGV[1])
    dead[#dead + 1] = process
  end
end
return dead
