"""Production hosts on loopback: real OpenSSH servers, and a small service that runs on them."""
