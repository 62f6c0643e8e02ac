return read(now_ms(ARGV[1]))
