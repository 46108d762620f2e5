package dev.stoker.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.explain.Logs;
import dev.stoker.history.jdbc.JdbcStores;
import dev.stoker.host.HostSource;
import dev.stoker.host.NoHost;
import dev.stoker.json.Json;
import dev.stoker.server.ApiKey;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoopbackServer;
import dev.stoker.server.ServerConnection;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.openai.OpenAiServer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import picocli.CommandLine;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code stoker explain} from its words to its exit code. */
@Timeout(60)
class ExplainCommandTest {
    private static final String ANSWER =
            "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\" a\"},"
                    + "\"finish_reason\":null}]}\n\n"
                    + "data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\" b\"},"
                    + "\"finish_reason\":\"length\"}]}\n\n"
                    + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":40,"
                    + "\"completion_tokens\":2}}\n\ndata: [DONE]\n\n";

    private final LoopbackServer server = new LoopbackServer();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    @TempDir private Path folder;

    ExplainCommandTest() {
        server.on(
                "GET /v1/models",
                LoopbackServer.json(
                        200,
                        "{\"object\":\"list\",\"data\":[{\"id\":\"m\",\"object\":\"model\"}]}"));
        server.on(
                "POST /v1/chat/completions",
                LoopbackServer.text(
                        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection:"
                                + " close\r\n\r\n"
                                + ANSWER));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private final class Finder implements ServerFinder {
        @Override
        public InferenceServer find(List<String> servers, Optional<String> apiKeyEnv) {
            ServerKind kind = ServerKind.OPENAI;
            return new OpenAiServer(
                    new ServerIdentity(
                            kind, Reading.known("1"), server.endpoint(), Optional.empty()),
                    new ServerConnection(kind, server.endpoint(), Clock.system(), ApiKey.none()));
        }

        @Override
        public HostSource host(InferenceServer found) {
            return new NoHost("a test has no host");
        }
    }

    private int explain(String... arguments) {
        out.getBuffer().setLength(0);
        Map<String, String> env =
                Map.of(
                        "COLUMNS",
                        "80",
                        "XDG_DATA_HOME",
                        folder.toString(),
                        "STOKER_STORE",
                        folder.resolve("runs.db").toString());
        ExplainCommand command =
                new ExplainCommand(
                        _ -> {
                            throw new AssertionError("no machine is looked at");
                        },
                        new Finder(),
                        new JdbcStores(env),
                        env,
                        Clock.system());
        CommandLine line = StokerCommand.commandLine(Map.of("explain", () -> command), "explain");
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
        String[] all = new String[arguments.length + 1];
        all[0] = "explain";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        return line.execute(all);
    }

    private JsonNode json() throws IOException {
        JsonNode json = Json.parse(out.toString()).orElseThrow();
        Schema schema =
                SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(Files.readString(Path.of("docs/schemas/explain.schema.json")));
        assertThat(schema.validate(json)).isEmpty();
        return json;
    }

    @Test
    void log_captured_isExplainedAsTheSchemaSays() throws IOException {
        String log = Logs.captured("ollama-0.33.0/log/evict-max1.log").toString();
        assertThat(explain("--log", log, "--json")).isZero();
        JsonNode json = json();
        assertThat(json.at("/requests").intValue()).isEqualTo(3);
        assertThat(json.at("/parts/load").doubleValue()).isCloseTo(0.91, within(0.02));
        assertThat(json.at("/parts/client").isNull()).isTrue();
        assertThat(json.at("/causes/1/code").stringValue()).isEqualTo("swap.count");
        assertThat(json.at("/log/unknown").intValue()).isEqualTo(30);
    }

    @Test
    void log_forAPerson_fitsTheTerminal() {
        String log = Logs.captured("llama-server-b10434/log/router.log").toString();
        assertThat(explain("--log", log)).isZero();
        assertThat(out.toString()).contains("load", "stoker plan", "307 lines");
        assertThat(out.toString().lines())
                .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
    }

    @Test
    void log_notThere_isWrongUse() {
        assertThat(explain("--log", folder.resolve("none").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("There is no file");
    }

    @Test
    void log_ofAServerThatIsElsewhere_saysHowToNameIt() {
        assertThat(explain()).isEqualTo(2);
        assertThat(err.toString()).contains("can not be read", "--log FILE");
    }

    @Test
    void probe_serverWithoutTimings_isTakenApartByTheClient() throws IOException {
        assertThat(explain("--probe", "m", "--json")).as(err::toString).isZero();
        JsonNode json = json();
        assertThat(json.at("/total_ms").doubleValue()).isPositive();
        assertThat(json.at("/parts/load").isNull()).isTrue();
        assertThat(json.at("/parts/decode").isNumber()).isTrue();
        assertThat(json.at("/output_tokens").intValue()).isEqualTo(2);
        assertThat(explain("--probe", "m")).isZero();
        assertThat(out.toString()).contains("decode");
    }

    @Test
    void probe_serverThatFails_endsWithThree() {
        server.on("POST /v1/chat/completions", LoopbackServer.json(500, "{\"error\":\"broken\"}"));
        assertThat(explain("--probe", "m")).isEqualTo(3);
    }

    @Test
    void watch_quietServer_saysThatThereIsNoRequest() throws IOException {
        assertThat(explain("--watch", "1s", "--json")).as(err::toString).isZero();
        JsonNode json = json();
        assertThat(json.at("/based_on").stringValue()).isEqualTo("state");
        assertThat(json.at("/verdict").stringValue()).contains("no request");
    }

    @Test
    void words_thatExcludeEachOther_areWrongUse() {
        assertThat(explain("latest", "--log", "x")).isEqualTo(2);
        assertThat(explain("--probe", "m", "--watch", "1s")).isEqualTo(2);
        assertThat(explain("--csv")).isEqualTo(2);
        assertThat(explain("--log", "journal:a b;c")).isEqualTo(2);
        assertThat(explain("--probe", "m", "--tokens", "0")).isEqualTo(2);
        assertThat(explain("no-such-run")).isEqualTo(2);
    }
}
