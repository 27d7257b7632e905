# One address of the loopback stands for the terminals' network.
s/^terminal_networks = .*/terminal_networks = ["127.0.0.9\/32"]/
