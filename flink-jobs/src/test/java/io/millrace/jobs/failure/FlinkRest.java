package io.millrace.jobs.failure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The REST interface of a job manager that may not be there. */
final class FlinkRest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = HttpClient.newHttpClient();
    private final String address;

    FlinkRest(int port) {
        address = "http://127.0.0.1:" + port;
    }

    /** The answer; a missing node when there is none, or it is an error. */
    JsonNode get(String path) throws InterruptedException {
        return send(request(path).GET().build());
    }

    void cancel(String job) throws InterruptedException {
        send(
                request("/jobs/" + job + "?mode=cancel")
                        .method("PATCH", HttpRequest.BodyPublishers.noBody())
                        .build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(address + path)).timeout(Duration.ofSeconds(60));
    }

    private JsonNode send(HttpRequest request) throws InterruptedException {
        try {
            var response = client.send(request, BodyHandlers.ofString());
            return response.statusCode() / 100 == 2
                    ? JSON.readTree(response.body())
                    : MissingNode.getInstance();
        } catch (IOException absent) {
            return MissingNode.getInstance();
        }
    }
}
