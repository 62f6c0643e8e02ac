-- leases: ZSET process -> end. generation: HASH id, settled_at.
-- A generation that is missing begins anew; where a process says that it has seen another one, that was a loss,
-- and totals count only once everybody had the time to register again.
local leases, generation = KEYS[1], KEYS[2]
local process, lease_ms, settle_ms, known, fresh = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
local now = now_ms(ARGV[6])
local id = redis.call('HGET', generation, 'id')
if not id then
  id = fresh
  redis.call('HSET', generation, 'id', id, 'settled_at', 0)
end
if known ~= '' and known ~= id and redis.call('HSETNX', generation, 'lost', 1) == 1 then
  redis.call('HSET', generation, 'settled_at', now + settle_ms)
end
local ends = redis.call('ZSCORE', leases, process)
local kept = ends and tonumber(ends) > now
redis.call('ZADD', leases, now + lease_ms, process)
return {kept and 1 or 0, id, now >= tonumber(redis.call('HGET', generation, 'settled_at')) and 1 or 0}
