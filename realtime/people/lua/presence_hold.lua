local held = KEYS[5]
local process, user, name, display_name, state, listed = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6] == '1'
redis.call(state == 'gone' and 'SREM' or 'SADD', held, user)
local was, now, person, guests_changed = hold_listed(process, user, name, display_name, state, listed)
return {was, now, person.n, person.d, counts(shown(was) ~= shown(now), guests_changed, ARGV[7])}
