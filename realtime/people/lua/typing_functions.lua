local place = KEYS[1]

local function expire(now)
  local gone = false
  local entries = redis.call('HGETALL', place)
  for i = 1, #entries, 2 do
    if entries[i] ~= 'version' and cjson.decode(entries[i + 1]).ends <= now then
      redis.call('HDEL', place, entries[i])
      gone = true
    end
  end
  return gone
end

local function read(now)
  local people, version = {}, '0'
  local entries = redis.call('HGETALL', place)
  for i = 1, #entries, 2 do
    if entries[i] == 'version' then
      version = entries[i + 1]
    elseif cjson.decode(entries[i + 1]).ends > now then
      people[#people + 1] = entries[i + 1]
    end
  end
  return {version, people}
end

local function changed(now)
  local version = math.max(tonumber(redis.call('HGET', place, 'version') or 0) + 1, now)
  redis.call('HSET', place, 'version', string.format('%.0f', version))
  redis.call('PEXPIRE', place, 600000)
  return read(now)
end
