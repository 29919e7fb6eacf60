"""A proxy between each function and the account. It forwards everything unchanged and records each call: the function,
the action, the resource and item, and whether the account refused the call for lack of a right."""

import http.client
import http.server
import json
import re
import threading
import urllib.parse

from keys import key_of

SERVICES = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "secretsmanager": "secretsmanager"}
DENIED = re.compile(rb"is not authorized to perform: (\S+)")
# Headers that belong to a single connection.
HOP = ("connection", "keep-alive", "transfer-encoding", "content-length")


class Call:
    def __init__(self, function, right, denied, key=None):
        self.function, self.right, self.denied, self.key = function, right, denied, key


class Wire:
    """One port per function, so that a call's port identifies its function."""

    def __init__(self, account, logical):
        self.account = urllib.parse.urlsplit(account).netloc
        self.logical = logical
        self.calls = []

    def port_of(self, function):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), self.handler(function))
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port

    def since(self, mark, function):
        return [call for call in self.calls[mark:] if call.function == function]

    def handler(self, function):
        wire = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                try:
                    self.pass_on(body)
                except ConnectionError:
                    # One side has ended: a replaced process or the account.
                    self.close_connection = True

            def pass_on(self, body):
                answer, content = wire.forward(self, body)
                wire.remember(function, self, body, answer.status, content)
                self.send_response_only(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in HOP:
                        self.send_header(name, value)
                self.send_header("content-length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_PUT = do_DELETE = do_HEAD = do_POST

            def log_message(self, *_):
                pass

        return Handler

    def forward(self, asked, body):
        """Forwards a request with the host that was signed."""
        line = http.client.HTTPConnection(self.account, timeout=60)
        try:
            line.putrequest(asked.command, asked.path, skip_host=True, skip_accept_encoding=True)
            for name, value in asked.headers.items():
                if name.lower() != "connection":
                    line.putheader(name, value)
            line.endheaders(body)
            answer = line.getresponse()
            return answer, answer.read()
        finally:
            line.close()

    def remember(self, function, asked, body, status, content):
        service, _, name = asked.headers.get("x-amz-target", "").partition(".")
        action = f"{SERVICES.get(service, service)}:{name}" if name else f"{asked.command} {asked.path}"
        denied = DENIED.search(content) if status >= 400 else None
        if denied and denied[1].decode() != action:
            action = f"{action} (refused as {denied[1].decode()})"
        name, key = self.named(body)
        self.calls.append(Call(function, (action, name), bool(denied), key))

    def named(self, body):
        """The resource that a request names, and for the table the item's key."""
        try:
            asked = json.loads(body)
        except ValueError:
            return "?", None
        name = asked.get("TableName") or asked.get("QueueUrl") or asked.get("SecretId") or "?"
        if "IndexName" in asked:
            name += "/index/" + asked["IndexName"]
        return self.logical(name), key_of(asked)


def logical_names(physical):
    """Maps a resource's name, address or ARN to its name in the template."""
    known = {bare(identity): name for name, identity in physical.items()}

    def logical(identity):
        name, index, rest = bare(identity).partition("/index/")
        return known.get(name, name) + index + rest

    return logical


def bare(identity):
    if identity.startswith("arn:"):
        name = identity.split(":", 5)[-1].removeprefix("table/")
        # Secrets Manager appends a hyphen and six characters.
        return name.removeprefix("secret:").rsplit("-", 1)[0] if name.startswith("secret:") else name
    return identity.rsplit("/", 1)[-1] if "://" in identity else identity
