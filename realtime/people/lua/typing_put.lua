local user, typist, lasts, now = ARGV[1], cjson.decode(ARGV[2]), tonumber(ARGV[3]), now_ms(ARGV[4])
local gone = expire(now)
local raw = redis.call('HGET', place, user)
local before = raw and cjson.decode(raw)
typist.ends = now + lasts
redis.call('HSET', place, user, cjson.encode(typist))
local same = before and before.position == typist.position and before.connection_id == typist.connection_id
if same and not gone then return false end
return changed(now)
