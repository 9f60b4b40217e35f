package dev.priok.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What clients get for what they cannot have: a status and words that name the object. The daemon goes on. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputTest {
    private TestServer server;

    @BeforeAll
    void start() throws IOException {
        server = TestServer.start();
        server.ask("POST", "/containers/create?name=taken", "{\"Image\":\"fake\"}");
        server.ask("POST", "/containers/create?name=running", "{\"Image\":\"fake\"}");
        server.ask("POST", "/containers/running/start");
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST /containers/create|{|400|invalid JSON: ",
                "POST /containers/create|[1]|400|invalid JSON: ",
                "POST /containers/create|{} {}|400|unexpected content after JSON",
                "POST /containers/create|{\"Image\":7}|400|invalid JSON: field Image: ",
                "POST /containers/create|{\"Image\":\"fake\",\"HostConfig\":{\"Memory\":\"1g\"}}|400|invalid JSON: field HostConfig.Memory: ",
                "POST /containers/create|{\"Image\":\"fake\",\"HostConfig\":{\"Memory\":1}}|400|Minimum memory limit allowed is 6MB",
                "POST /containers/create|{\"Image\":\"nothere\"}|404|No such image: nothere",
                "POST /containers/create?name=taken|{\"Image\":\"fake\"}|409|Conflict. The container name \"/taken\" is already in use",
                "POST /containers/create?platform=a//b|{\"Image\":\"fake\"}|400|invalid platform: a//b",
                "POST /containers/taken/exec|{\"Cmd\":[]}|400|no exec command specified",
                "POST /containers/taken/exec|{\"Cmd\":[\"x\"]}|409|container taken is not running",
                "POST /exec/nope/start|{}|404|No such exec instance: nope",
                "POST /exec/nope/start|{\"Detach\":1}|400|invalid JSON: field Detach: ",
                "POST /containers/nobody/start||404|No such container: nobody",
                "POST /containers/taken/start|{\"HostConfig\":{}}|400|starting container with non-empty request body",
                "POST /containers/taken/resize?h=x&w=1||400|invalid resize height",
                "POST /containers/taken/resize?h=1||400|invalid resize width",
                "POST /containers/taken/resize?h=1&w=1||409|container taken is not running",
                "POST /containers/taken/wait?condition=never||400|invalid condition: \"never\"",
                "POST /containers/taken/rename?name=||400|Neither old nor new names may be empty",
                "POST /containers/taken/stop?t=soon||400|invalid t: 'soon' is not a whole number",
                "POST /containers/taken/update|{\"RestartPolicy\":{\"Name\":\"sometimes\"}}|400|invalid restart policy: unknown policy 'sometimes'",
                "DELETE /containers/running||409|cannot remove container \"running\": container is running",
                "DELETE /containers//running||409|cannot remove container \"running\": container is running",
                "DELETE /containers//running/alias?link=1||404|No such container: running/alias",
                "GET /containers/json?filters=x||400|invalid filter: ",
                "GET /containers/json?filters={\"nope\":[\"a\"]}||400|invalid filter 'nope'",
                "GET /containers/json?filters={\"name\":[1]}||400|invalid filter: the values of 'name' have to be strings",
                "GET /containers/json?limit=many||400|invalid limit: 'many' is not a whole number",
                "GET /containers/taken/logs||400|Bad parameters: you must choose at least one stream",
                "GET /containers/taken/logs?stdout=1&since=yesterday||400|invalid value for \"since\": 'yesterday' is no time",
                "GET /containers/taken/archive||400|bad parameter: 'path' cannot be empty",
                "GET /containers/taken/archive?path=/missing||404|Could not find the file /missing",
                "GET /containers/taken/stats?stream=1&one-shot=1||400|cannot have stream=true and one-shot=true",
                "GET /containers/taken/attach/ws||400|not a WebSocket request",
                "POST /commit||400|container cannot be empty",
                "GET /images/nothere/json||404|No such image: nothere",
                "GET /images/a/b/c:1/json||404|No such image: a/b/c:1",
                "GET /images/a%2Fb/json||404|No such image: a/b",
                "GET /images/nothere/get||404|No such image: nothere",
                "DELETE /images/fake||409|must be forced",
                "POST /images/create||400|neither fromImage nor fromSrc is given",
                "POST /images/create?fromSrc=ftp://a/b||400|want an http or https address",
                "POST /images/create?fromImage=x&tag=1||501|x:1 is not here",
                "POST /build?version=2||400|set DOCKER_BUILDKIT=0, or build with 'priok build'",
                "POST /build?t=UPPER||400|invalid reference format: repository name (library/UPPER) must be lowercase",
                "POST /build?buildargs=x||400|invalid buildargs: ",
                "GET /system/df?type=moon||400|unknown object type: moon",
                "GET /events?since=2&until=1||400|cannot be after `until` time",
                "POST /volumes/create|{\"Driver\":\"nfs\"}|404|error looking up volume plugin nfs",
                "GET /volumes/none||404|get none: no such volume",
                "GET /networks/none||404|network none not found",
                "GET /swarm||503|This node is not a swarm manager.",
                "POST /services/create|{}|503|This node is not a swarm manager.",
                "POST /auth|{}|401|incorrect username or password",
                "GET /v1.23/info||400|client version 1.23 is too old. Minimum supported API version is 1.24",
                "GET /v1.99/info||400|client version 1.99 is too new. Maximum supported API version is 1.51",
                "GET /v.../info||400|invalid API version: ...",
                "GET /v1.51/nothing||404|page not found",
            })
    void ask_forWhatCannotBe_getsDockersStatusAndWords(String request, String body, int status, String message)
            throws IOException {
        String method = request.split(" ")[0];
        String path = request.split(" ", 2)[1]
                .replace("\"", "%22")
                .replace("{", "%7B")
                .replace("}", "%7D");
        RawClient.Answer answer = body == null ? server.ask(method, path) : server.ask(method, path, body);
        assertEquals(status, answer.status(), answer.toString());
        assertEquals("application/json", answer.head().header("content-type"));
        if (message != null) {
            assertTrue(
                    answer.body().contains(message.replace("\"", "\\\"")), answer.body() + " does not say " + message);
        }
        assertEquals(200, server.ask("GET", "/_ping").status());
    }

    @Test
    void body_ofAnotherContentType_isRefused() throws IOException {
        try (RawClient client = server.connect()) {
            client.send(
                    "POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
            RawClient.Head head = client.readHead();
            assertEquals(400, head.status());
            assertTrue(client.readBody(head)
                    .contains("unsupported Content-Type header (text/plain): must be 'application/json'"));
        }
    }

    @Test
    void body_withoutEnd_isBounded() throws IOException {
        try (RawClient client = server.connect()) {
            client.send("POST /containers/create HTTP/1.1\r\nHost: d\r\nContent-Type: application/json\r\n");
            client.send("Content-Length: 900000000000\r\n\r\n");
            byte[] spaces = " ".repeat(1 << 20).getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            try {
                for (int i = 0; i < 512; i++) {
                    client.send(spaces);
                }
            } catch (IOException e) {
                // The server has stopped reading, as it should. Anything else, such as want of memory, would leave both
                // waiting.
                assertTrue(String.valueOf(e.getMessage()).matches("Broken pipe|Connection reset"), String.valueOf(e));
            }
            assertTrue(client.readHead().status() == 400);
        }
        assertEquals(200, server.ask("GET", "/_ping").status());
    }

    @Test
    void json_nestedTooDeep_isRefusedAndNothingBreaks() throws IOException {
        RawClient.Answer answer = server.ask("POST", "/containers/create", "{\"Labels\":" + "[".repeat(100_000));
        assertEquals(400, answer.status());
        RawClient.Answer filters = server.ask("GET", "/containers/json?filters=" + "[".repeat(20_000));
        assertEquals(400, filters.status());
    }

    @ParameterizedTest
    @CsvSource({"bug,a bug in the engine", "deep,StackOverflowError"})
    void engine_thatBreaks_isAnInternalErrorAndTheServerGoesOn(String name, String message) throws IOException {
        try (RawClient client = server.connect()) {
            RawClient.Answer answer = client.ask("GET", "/containers/" + name + "/json");
            assertEquals(500, answer.status());
            assertTrue(answer.body().contains(message), answer.body());
            assertEquals(200, client.ask("GET", "/_ping").status());
        }
    }

    @Test
    void start_ofARunningContainer_isNotModified() throws IOException {
        RawClient.Answer answer = server.ask("POST", "/containers/running/start");
        assertEquals(304, answer.status());
        assertEquals("", answer.body());
    }
}
