package dev.stoker.plan.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;

import dev.stoker.base.UserError;
import dev.stoker.gguf.GgmlType;
import dev.stoker.gguf.GgufReader;
import dev.stoker.gguf.GgufWriter;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Arrays;

class HttpRangeSourceTest {
    private HttpServer server;
    private byte[] file;

    @BeforeEach
    void start() throws IOException {
        GgufWriter writer =
                GgufWriter.plain()
                        .text("general.architecture", "llama")
                        .texts("tokenizer.ggml.tokens", 100_000)
                        .tensor("token_embd.weight", GgmlType.F16, 64, 100);
        file = Arrays.copyOf(writer.header(), (int) writer.length());
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext(
                "/good.gguf",
                x -> {
                    String range = x.getRequestHeaders().getFirst("Range").substring(6);
                    int from = Integer.parseInt(range.split("-")[0]);
                    int to = (int) Math.min(Long.parseLong(range.split("-")[1]), file.length - 1);
                    x.getResponseHeaders()
                            .set("Content-Range", "bytes " + from + "-" + to + "/" + file.length);
                    x.sendResponseHeaders(206, to - from + 1);
                    x.getResponseBody().write(file, from, to - from + 1);
                    x.close();
                });
        server.createContext(
                "/whole.gguf",
                x -> {
                    x.sendResponseHeaders(200, 0);
                    x.close();
                });
        server.createContext(
                "/lies.gguf",
                x -> {
                    x.getResponseHeaders().set("Content-Range", "bytes 5-9/99999999999999999999");
                    x.sendResponseHeaders(206, 5);
                    x.getResponseBody().write(new byte[5]);
                    x.close();
                });
        server.createContext(
                "/short.gguf",
                x -> {
                    x.getResponseHeaders().set("Content-Range", "bytes 0-99/100");
                    x.sendResponseHeaders(206, 0);
                    x.getResponseBody().write(new byte[10]);
                    x.close();
                });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private URI at(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    @Test
    void header_overRanges_isRead() {
        try (HttpRangeSource source = HttpRangeSource.open(at("/good.gguf"))) {
            assertThat(source.size()).isEqualTo(file.length);
            assertThat(GgufReader.read(source).tensors()).hasSize(1);
        }
    }

    @Test
    void servers_thatLie_areToldInASentence() {
        for (String[] pair :
                new String[][] {
                    {"/none.gguf", "status 404"},
                    {"/whole.gguf", "ignores ranges"},
                    {"/lies.gguf", "which range|beyond 63 bits|where"},
                    {"/short.gguf", "10 bytes of 100"}
                }) {
            assertThatThrownBy(() -> HttpRangeSource.open(at(pair[0])).close())
                    .isInstanceOf(UserError.class)
                    .message()
                    .containsPattern(pair[1]);
        }
    }
}
