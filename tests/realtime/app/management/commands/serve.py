from realtime.servers.command import ServeCommand


class Command(ServeCommand):
    application = "tests.realtime.app.asgi:application"
    title = "The halls"
