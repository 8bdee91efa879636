"""Not sending again what a browser has already."""

import hashlib

from flask import Response, make_response, request
from flask.typing import ResponseReturnValue


def unless_known(answer: ResponseReturnValue) -> Response:
    """`answer` with a mark of its content, or the word that nothing changed for those who have it."""
    response = make_response(answer)
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32], weak=True)  # it may be compressed later
    response.make_conditional(request)
    return response
