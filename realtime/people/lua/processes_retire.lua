redis.call('ZADD', KEYS[1], now_ms(ARGV[3]) + ARGV[2], ARGV[1])
