"""The world outside, over HTTP: providers, picture servers, players. Their failures leave as our errors."""
