local user_count, guest_count, version, revision = counts(false, false, ARGV[2])
local now = now_ms(ARGV[2])
local said, said_at = unpack(redis.call('HMGET', meta, 'said', 'said_at'))
if said and tonumber(said) >= revision then return {'none'} end
if said_at and now - said_at < tonumber(ARGV[1]) then return {'later'} end
redis.call('HSET', meta, 'said', string.format('%.0f', revision), 'said_at', string.format('%.0f', now))
return {'now', user_count, guest_count, version, revision}
