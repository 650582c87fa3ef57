"""Files on disk: the cache, the libraries, ffprobe. Their failures leave as our errors."""
