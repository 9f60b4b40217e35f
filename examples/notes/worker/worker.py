"""Counts the words of the notes whose numbers come through the queue."""
import os
import time

import psycopg2
import redis

queue = redis.Redis.from_url(os.environ["CACHE_URL"])
while True:
    try:
        # What a killed worker had taken but not finished is still in its own list.
        number = queue.lindex("notes:taken", 0) or queue.blmove("notes", "notes:taken", 5)
        if number is None:
            continue
        connection = psycopg2.connect(os.environ["DATABASE_URL"])
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT text FROM note WHERE id = %s", (int(number),))
            words = len(cursor.fetchone()[0].split())
            cursor.execute("UPDATE note SET words = %s WHERE id = %s", (words, int(number)))
        connection.close()
        queue.lrem("notes:taken", 1, number)
        queue.incr("notes:counted")
        print("note", int(number), "has", words, "words", flush=True)
    except (redis.ConnectionError, psycopg2.OperationalError) as error:
        print("trying again:", error, flush=True)
        time.sleep(1)
