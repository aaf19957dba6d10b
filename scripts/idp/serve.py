"""Serves the identity providers of provider.py: for scripts/test-outside and scripts/test-browser, and to try things by hand.

serve.py PORT FOLDER STYLE=FILE...   FILE is the metadata of Enroll for the directory that STYLE is to sign in to

Writes the metadata of each to FOLDER/STYLE.xml and serves it on 127.0.0.1:
  /STYLE/metadata   its metadata
  /STYLE/sso        where Enroll sends who wants to sign in: a page that asks who it is
  /STYLE/           the page with the applications, where a sign-in begins at the identity provider
"""

import sys
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from provider import FAULTS, PEOPLE, Provider

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
<body><h1>{title}</h1>
<form method="post" action="{action}">{hidden}
<p><label>Who are you? <select name="user">{people}</select></label></p>
<p><label>What is wrong with the response? <select name="fault">{faults}</select></label></p>
<p><button type="submit">{button}</button></p>
</form></body></html>
"""


class Handler(BaseHTTPRequestHandler):
    providers: dict[str, Provider] = {}

    def do_GET(self):
        url = urlsplit(self.path)
        style, _, what = url.path.lstrip("/").partition("/")
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        provider = self.providers.get(style)
        if provider and what == "metadata":
            self.answer(200, provider.metadata(), "application/samlmetadata+xml")
        elif provider and what == "sso":
            provider.request(query["SAMLRequest"])
            self.ask(f"Sign in at Acme ({style})", f"/{style}/sso", query, "Sign in")
        elif provider and what == "":
            self.ask(f"Applications of Acme ({style})", f"/{style}/", {}, "Enroll")
        else:
            self.answer(404, "nothing here")

    def do_POST(self):
        style, _, what = self.path.lstrip("/").partition("/")
        body = self.rfile.read(int(self.headers.get("Content-Length", "0"))).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        provider = self.providers.get(style)
        if not provider or what not in ("sso", "") or form.get("user") not in PEOPLE:
            return self.answer(404, "nothing here")
        request_id = provider.request(form["SAMLRequest"]) if what == "sso" else None
        xml = provider.response(form["user"], request_id, form.get("fault", ""))
        self.answer(200, provider.form(xml, form.get("RelayState", "")))

    def ask(self, title, action, hidden, button):
        def option(value, shown):
            return f'<option value="{escape(value)}">{escape(shown)}</option>'

        hidden = [f'<input type="hidden" name="{escape(n)}" value="{escape(v)}">' for n, v in hidden.items()]
        page = PAGE.format(
            title=escape(title),
            action=action,
            hidden="".join(hidden),
            people="".join(option(user, user) for user in PEOPLE),
            faults="".join(option(*fault) for fault in FAULTS.items()),
            button=button,
        )
        self.answer(200, page)

    def answer(self, status, text, kind="text/html; charset=utf-8"):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    for pair in sys.argv[3:]:
        style, application = pair.split("=", 1)
        provider = Provider(f"http://127.0.0.1:{port}", style, folder, application)
        (folder / f"{style}.xml").write_text(provider.metadata())
        Handler.providers[style] = provider
    ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


main()
