"""How often one caller may ask the API: token buckets in the memory of each process, so that no request pays a statement.

With several web processes each counts what it sees: nobody is refused below `API_PER_MINUTE`, and the house answers at
most that times `WEB_WORKERS`. What must hold to the letter (sign-in, codes, token exchange) is counted in the
database by `actions.limit`.

Headers: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/03/ (Limit, Remaining, Reset in seconds).
"""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from grapevine.guard.contracts import TooManyRequests
from grapevine.kit.problems import problem
from grapevine.kit.rates import Buckets, Taken, address_of

GetResponse = Callable[[HttpRequest], HttpResponse]
ADDRESS_FACTOR = 5
"""Many people share one address: a strangers' bucket is so many times as large."""
GUESSES_PER_MINUTE = 30
"""Wrong tokens from one address; who is known in this process is not kept out by them."""
UNKNOWN = 401


buckets = Buckets()


class RateMiddleware:
    """Counts every request of the API against its token, or its address where it has none."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        most: int = settings.API_PER_MINUTE
        if not most or not request.path.startswith("/api/"):
            return self.get_response(request)
        address, token = address_of(request), request.META.get("HTTP_AUTHORIZATION", "")
        key = hashlib.sha256(token.encode()).hexdigest() if token else address
        if token and key not in buckets:
            return self._unknown(request, key, address, most)
        taken = buckets.take(key, most if token else most * ADDRESS_FACTOR)
        return _marked(_refusal(taken) or self.get_response(request), taken)

    def _unknown(self, request: HttpRequest, key: str, address: str, most: int) -> HttpResponse:
        """A token this process never saw: a bucket of its own once it turned out to be one."""
        guesses = f"guesses:{address}"
        looked = buckets.take(guesses, GUESSES_PER_MINUTE, 0)
        refused = _refusal(looked)
        if refused:
            return _marked(refused, looked)
        response = self.get_response(request)
        if response.status_code == UNKNOWN:
            return _marked(response, buckets.take(guesses, GUESSES_PER_MINUTE))
        return _marked(response, buckets.take(key, most))


def _refusal(taken: Taken) -> HttpResponse | None:
    return problem(TooManyRequests(retry_after=taken.wait)) if taken.wait else None


def _marked(response: HttpResponse, taken: Taken) -> HttpResponse:
    response["RateLimit-Limit"] = str(taken.limit)
    response["RateLimit-Remaining"] = str(taken.remaining)
    response["RateLimit-Reset"] = str(taken.reset)
    return response
