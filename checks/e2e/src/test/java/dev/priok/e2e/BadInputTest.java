package dev.priok.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that are wrong: Docker's status, a message that names the object, and a daemon that goes on. */
@ExtendWith(SharedDaemon.class)
class BadInputTest {
    private static RawHttp http;

    @BeforeAll
    static void find() {
        http = new RawHttp(SharedDaemon.get().socket());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /containers/create | application/json | {          | 400 | ",
                "POST | /containers/create | application/json | []         | 400 | ",
                "POST | /containers/create | application/json | {\"Cmd\": {\"a\": 1}, \"Image\": \"bb\"} | 400 | ",
                "POST | /containers/create | text/plain       | {}         | 400 | Content-Type",
                "POST | /containers/create | application/json | {\"Image\": \"bb\"} {} | 400 | ",
                "POST | /containers/create | application/json | {\"Image\": \"nowhere:9\"} | 404 | No such image: nowhere:9",
                "POST | /containers/create | application/json | {\"Image\": \"bb\", \"Cmd\": [\"true\"], \"HostConfig\": {\"Memory\": 1000}} | 400 | Minimum memory limit allowed is 6MB",
                "POST | /containers/create | application/json | {\"Image\": \"bb\", \"Cmd\": [\"true\"], \"HostConfig\": {\"NanoCpus\": 900000000000}} | 400 | range of CPUs is from 0.01 to",
                "POST | /containers/create | application/json | {\"Image\": \"bb\", \"Cmd\": [\"true\"], \"WorkingDir\": \"rel\"} | 400 | needs to be an absolute path",
                "POST | /containers/create?name=-bad | application/json | {\"Image\": \"bb\", \"Cmd\": [\"true\"]} | 400 | Invalid container name (-bad)",
                "POST | /containers/create | application/json | {\"Image\": \"bb\", \"Cmd\": [\"true\"], \"HostConfig\": {\"AutoRemove\": true, \"RestartPolicy\": {\"Name\": \"always\"}}} | 400 | can't create 'AutoRemove' container with restart policy",
                "POST | /containers/create | application/json | {\"Image\": \"bb\", \"Cmd\": [\"true\"], \"HostConfig\": {\"Binds\": [\"rel:/x:zz\"]}} | 400 | ",
                "GET  | /containers/none/json | '' | '' | 404 | No such container: none",
                "POST | /containers/none/start | '' | '' | 404 | No such container: none",
                "GET  | /containers/json?filters=nonsense | '' | '' | 400 | ",
                "GET  | /containers/json?filters=%7B%22nope%22%3A%5B%22x%22%5D%7D | '' | '' | 400 | nope",
                "GET  | /images/none/json | '' | '' | 404 | No such image: none",
                "DELETE | /images/none | '' | '' | 404 | No such image: none",
                "GET  | /exec/none/json | '' | '' | 404 | No such exec instance: none",
                "GET  | /v1.10/version | '' | '' | 400 | client version 1.10 is too old",
                "GET  | /v9.99/version | '' | '' | 400 | client version 9.99 is too new",
                "GET  | /nowhere | '' | '' | 404 | page not found",
                "PUT  | /version | '' | '' | 404 | page not found",
                "POST | /build | application/x-tar | not-a-tar | 400,500 | ",
                "POST | /images/create?fromSrc=- | application/x-tar | not-a-tar | 400,500 | ",
                "GET  | /containers/%00/json | '' | '' | 400,404 | ",
                "GET  | /containers/..%2f..%2fetc/json | '' | '' | 400,404 | ",
            })
    void request_isRefusedByName(
            String method, String target, String type, String body, String status, String message) {
        RawHttp.Answer answer =
                http.send(method.strip(), target.strip(), type == null ? "" : type, body == null ? "" : body);
        assertTrue(java.util.List.of(status.split(",")).contains(Integer.toString(answer.status())), answer.toString());
        if (message != null) {
            assertTrue(answer.body().contains(message), answer.body());
        }
        assertEquals(200, http.send("GET", "/_ping", "", "").status());
    }

    @Test
    void names_areTakenOnce() {
        String body = "{\"Image\": \"bb\", \"Cmd\": [\"true\"]}";
        assertEquals(
                201,
                http.send("POST", "/containers/create?name=taken", "application/json", body)
                        .status());
        RawHttp.Answer again = http.send("POST", "/containers/create?name=taken", "application/json", body);
        assertEquals(409, again.status());
        assertTrue(again.body().contains("is already in use by container"), again.body());
        assertEquals(204, http.send("DELETE", "/containers/taken", "", "").status());
    }

    @Test
    void states_answerAsDockers() {
        String body = "{\"Image\": \"bb\", \"Cmd\": [\"sleep\", \"100\"]}";
        assertEquals(
                201,
                http.send("POST", "/containers/create?name=states", "application/json", body)
                        .status());
        assertEquals(409, http.send("POST", "/containers/states/kill", "", "").status());
        assertEquals(304, http.send("POST", "/containers/states/stop", "", "").status());
        assertEquals(204, http.send("POST", "/containers/states/start", "", "").status());
        assertEquals(304, http.send("POST", "/containers/states/start", "", "").status());
        assertEquals(
                400,
                http.send("POST", "/containers/states/kill?signal=NOPE", "", "").status());
        assertEquals(409, http.send("DELETE", "/containers/states", "", "").status());
        assertEquals(400, http.send("GET", "/containers/states/logs", "", "").status());
        assertEquals(
                400,
                http.send("POST", "/containers/states/resize?h=x&w=1", "", "").status());
        assertEquals(
                204, http.send("DELETE", "/containers/states?force=1", "", "").status());
    }
}
