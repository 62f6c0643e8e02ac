local version, revision = unpack(redis.call('HMGET', meta, 'version', 'revision'))
local found = {redis.call('HLEN', people), guest_count(), tonumber(version or 0), tonumber(revision or 0)}
