"""A real, headless Kodi for tests: `RealKodi` in `kodi`, and in `programs` whether this machine can run one."""
