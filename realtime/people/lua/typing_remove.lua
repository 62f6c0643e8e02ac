local user, connection, now = ARGV[1], ARGV[2], now_ms(ARGV[3])
local raw = redis.call('HGET', place, user)
local found = raw and (connection == '' or cjson.decode(raw).connection_id == connection)
if found then redis.call('HDEL', place, user) end
local gone = expire(now)
if not found and not gone then return false end
return changed(now)
