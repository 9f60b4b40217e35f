"""Stores notes: POST /notes puts one into PostgreSQL and its number into a queue; GET /notes lists them."""
import json
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg2
import redis

queue = redis.Redis.from_url(os.environ["CACHE_URL"])


def query(text, *values):
    connection = psycopg2.connect(os.environ["DATABASE_URL"])
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(text, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


class Notes(BaseHTTPRequestHandler):
    def answer(self, status, document):
        body = json.dumps(document).encode() + b"\n"
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/health":
            query("SELECT 1")
            queue.ping()
            self.answer(200, "healthy")
        elif self.path == "/notes":
            rows = query("SELECT id, text, words FROM note ORDER BY id")
            self.answer(200, [{"id": row[0], "text": row[1], "words": row[2]} for row in rows])
        else:
            self.answer(404, "not found")

    def do_POST(self):
        if self.path != "/notes":
            self.answer(404, "not found")
            return
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        number = query("INSERT INTO note (text) VALUES (%s) RETURNING id", text)[0][0]
        queue.rpush("notes", number)
        self.answer(201, {"id": number})


query("CREATE TABLE IF NOT EXISTS note (id serial PRIMARY KEY, text text NOT NULL, words integer)")
ThreadingHTTPServer(("", 8000), Notes).serve_forever()
