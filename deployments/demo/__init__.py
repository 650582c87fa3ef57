"""The outside world on loopback, for the demo and the tests: films, pictures, clips, TMDB and Kodi."""
