local people, hidden, guests, meta = KEYS[1], KEYS[2], KEYS[3], KEYS[4]

local RANK = {here = 4, away = 3, cut = 2, ['cut away'] = 1, gone = 0}
local SHOWN = {cut = 'here', ['cut away'] = 'away'}

local function strongest(held)
  local best = 'gone'
  for _, state in pairs(held) do
    if RANK[state] > RANK[best] then best = state end
  end
  return best
end

local function connected(state) return state == 'here' or state == 'away' end

local function shown(state) return SHOWN[state] or state end

local function hold(key, process, user, name, display_name, state)
  local raw = redis.call('HGET', key, user)
  local person = raw and cjson.decode(raw) or {p = {}}
  local was = strongest(person.p)
  if not raw or connected(state) then person.n = name; person.d = display_name end
  if connected(state) then
    for other, how in pairs(person.p) do
      if not connected(how) then person.p[other] = nil end
    end
  elseif state ~= 'gone' then
    for other, how in pairs(person.p) do
      if other ~= process and connected(how) then state = 'gone' end
    end
  end
  if state == 'gone' then person.p[process] = nil else person.p[process] = state end
  if next(person.p) then
    redis.call('HSET', key, user, cjson.encode(person))
  elseif raw then
    redis.call('HDEL', key, user)
  end
  return was, strongest(person.p), person
end

local function hold_listed(process, user, name, display_name, state, listed)
  local before = redis.call('HLEN', hidden)
  local was, now, person
  if listed then
    was, now, person = hold(people, process, user, name, display_name, state)
    hold(hidden, process, user, name, display_name, 'gone')
  else
    hold(hidden, process, user, name, display_name, state)
    was, now, person = hold(people, process, user, name, display_name, 'gone')
  end
  return was, now, person, redis.call('HLEN', hidden) ~= before
end

local function guest_count()
  local sum = redis.call('HLEN', hidden)
  for _, number in ipairs(redis.call('HVALS', guests)) do sum = sum + number end
  return sum
end

-- A room's numbers start at the time, so they grow even when everything was lost in between.
local function counts(person_changed, guests_changed, given_now)
  local version, revision = unpack(redis.call('HMGET', meta, 'version', 'revision'))
  local missing = not version
  if missing then version = now_ms(given_now); revision = version end
  if person_changed then version = version + 1 end
  if person_changed or guests_changed then revision = revision + 1 end
  if missing or person_changed or guests_changed then
    redis.call('HSET', meta, 'version', string.format('%.0f', version), 'revision', string.format('%.0f', revision))
    redis.call('PEXPIRE', meta, 86400000)
  end
  return redis.call('HLEN', people), guest_count(), tonumber(version), tonumber(revision)
end
