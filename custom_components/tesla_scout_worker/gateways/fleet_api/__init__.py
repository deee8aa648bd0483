"""Tesla's Fleet API: calls, requests, answers, errors."""
