"""What a door refuses by itself, before any command is reached."""

from realtime.errors import ApplicationError


class MalformedPacket(ApplicationError):
    """The client broke its wire's protocol; the connection ends, since nothing after it can be trusted."""

    code = "MALFORMED_PACKET"
    http_status = 400
    message = "That is no valid packet."
