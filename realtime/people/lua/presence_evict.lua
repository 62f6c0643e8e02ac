local held = KEYS[5]
local process = ARGV[1]
local outcomes = {}
for _, user in ipairs(redis.call('SPOP', held, ARGV[2])) do
  local listed = redis.call('HEXISTS', people, user) == 1
  local was, now, person, guests_changed = hold_listed(process, user, '', '', 'gone', listed)
  outcomes[#outcomes + 1] = {
    user, person.n, person.d, was, now, counts(shown(was) ~= shown(now), guests_changed, ARGV[3])
  }
end
local more = redis.call('EXISTS', held)
if more == 0 then
  counts(false, redis.call('HDEL', guests, process) == 1, ARGV[3])
end
return {more, outcomes}
