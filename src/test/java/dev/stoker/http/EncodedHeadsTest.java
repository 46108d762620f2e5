package dev.stoker.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.nio.charset.StandardCharsets;
import java.util.List;

class EncodedHeadsTest {
    private static final Endpoint ENDPOINT = new Endpoint(false, "127.0.0.1", 8080, "/base");

    @Test
    void encoded_requestsInAnyOrder_sameAsEachOnItsOwn() {
        HttpRequest post = HttpRequest.post("/v1/chat/completions", "{}");
        List<HttpRequest> requests =
                List.of(
                        post,
                        post.body("é".repeat(5000).getBytes(StandardCharsets.UTF_8)),
                        post.body(new byte[0]),
                        post.with("Authorization", "Bearer x"),
                        HttpRequest.post("/other", "{}"),
                        HttpRequest.get("/v1/chat/completions"),
                        post);
        EncodedHeads heads = new EncodedHeads(ENDPOINT);

        for (HttpRequest request : requests) {
            assertThat(heads.encoded(request)).isEqualTo(request.encoded(ENDPOINT, true));
        }
    }

    @Test
    void encoded_post_hasItsLengthAndAnEmptyLineBeforeTheBody() {
        HttpRequest request = HttpRequest.post("/p", "a".repeat(10));

        assertThat(new String(request.encoded(ENDPOINT, true), StandardCharsets.UTF_8))
                .startsWith("POST /base/p HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n")
                .endsWith("\r\nContent-Length: 10\r\n\r\n" + "a".repeat(10));
    }

    @Test
    void encoded_get_hasNoLength() {
        byte[] wire = HttpRequest.get("/p").encoded(ENDPOINT, false);

        assertThat(new String(wire, StandardCharsets.UTF_8))
                .doesNotContain("Content-Length")
                .endsWith("Connection: close\r\n\r\n");
    }
}
